namespace OrleansIngest.LoadTests.Growth;

/// <summary>The scale of the measurements.</summary>
internal sealed record Scale
{
    public static readonly Scale Full = new();

    public static readonly Scale Quick = new()
    {
        WarmUp = 500,
        Rounds = 1,
        Uploads = 200,
        Connections = [50, 100],
        ActiveUploads = 20,
        JobSizes = [100, 1000],
        FeedRates = [100, 200],
        FeedTime = TimeSpan.FromSeconds(1),
        Watchers = 5,
    };

    /// <summary>
    /// Uploads before the first measurement. .NET compiles code again, with more optimization,
    /// after some thousands of calls.
    /// </summary>
    public int WarmUp { get; private init; } = 12_000;

    /// <summary>The rounds of each repeated measurement; figures are medians over them.</summary>
    public int Rounds { get; private init; } = 5;

    /// <summary>Uploads in a round.</summary>
    public int Uploads { get; private init; } = 1000;

    /// <summary>Two numbers of idle connections, and of as many watchers.</summary>
    public int[] Connections { get; private init; } = [1000, 4000];

    public int ActiveUploads { get; private init; } = 1000;

    /// <summary>The numbers of media in the large jobs.</summary>
    public int[] JobSizes { get; private init; } = [1000, 10_000, 100_000];

    /// <summary>Uploads per second while watchers watch.</summary>
    public int[] FeedRates { get; private init; } = [100, 200, 400, 800, 1600, 3200, 6400];

    /// <summary>The duration at each rate.</summary>
    public TimeSpan FeedTime { get; private init; } = TimeSpan.FromSeconds(3);

    public int Watchers { get; private init; } = 50;
}
