namespace OrleansIngest.LoadTests.Growth;

/// <summary>How much of everything.</summary>
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

    /// <summary>Uploads before anything is measured: .NET compiles code again and better when it has run some thousands of times.</summary>
    public int WarmUp { get; private init; } = 12_000;

    /// <summary>Of everything that is measured more than once; figures are medians over them.</summary>
    public int Rounds { get; private init; } = 5;

    /// <summary>In a round.</summary>
    public int Uploads { get; private init; } = 1000;

    /// <summary>Idle connections, and as many watchers: at the first number, and then at the second.</summary>
    public int[] Connections { get; private init; } = [1000, 4000];

    public int ActiveUploads { get; private init; } = 1000;

    /// <summary>Media that a job has.</summary>
    public int[] JobSizes { get; private init; } = [1000, 10_000, 100_000];

    /// <summary>Uploads a second while watchers watch.</summary>
    public int[] FeedRates { get; private init; } = [100, 200, 400, 800, 1600, 3200, 6400];

    /// <summary>How long at each rate.</summary>
    public TimeSpan FeedTime { get; private init; } = TimeSpan.FromSeconds(3);

    public int Watchers { get; private init; } = 50;
}
