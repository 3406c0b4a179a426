namespace OrleansIngest.EndToEnd.Storm;

/// <summary>How large a storm is. A small one by itself; <c>INGEST_STORM_KILLS=200</c> makes it the large one.</summary>
/// <param name="Kills">How often the server is killed.</param>
/// <param name="Photos">Photos of each device; a third of them all devices have.</param>
/// <param name="Videos">Videos of each device.</param>
/// <param name="VideoMegabytes">How long each video is.</param>
/// <param name="Patience">How long it may take.</param>
internal sealed record StormSize(int Kills, int Photos, int Videos, int VideoMegabytes, TimeSpan Patience)
{
    public const int Devices = 12;

    public static StormSize Chosen => Number("INGEST_STORM_KILLS") is { } kills
        ? new StormSize(kills, Photos: 40, Videos: 3, VideoMegabytes: 100, TimeSpan.FromHours(2))
        : new StormSize(Kills: 20, Photos: 18, Videos: 1, VideoMegabytes: 4, TimeSpan.FromMinutes(5));

    /// <summary>What all dice begin with: <c>INGEST_STORM_SEED</c> repeats a storm, as far as threads and the machine let it.</summary>
    public static int Seed { get; } = Number("INGEST_STORM_SEED") ?? Random.Shared.Next();

    /// <summary>How many files a real client sends in each of its ways: <c>INGEST_CLIENT_FILES</c>.</summary>
    public static int ClientFiles { get; } = Number("INGEST_CLIENT_FILES") ?? 2;

    private static int? Number(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : null;
}
