namespace OrleansIngest.EndToEnd.Storm;

/// <summary>
/// The size of a storm. The default is a small one; <c>INGEST_STORM_KILLS=200</c> makes it large.
/// </summary>
/// <param name="Kills">How often the server is killed.</param>
/// <param name="Photos">
/// The number of photos of each device; a third of them are the same on all devices.
/// </param>
/// <param name="Videos">The number of videos of each device.</param>
/// <param name="VideoMegabytes">The length of each video.</param>
/// <param name="Patience">How long the storm may take.</param>
internal sealed record StormSize(int Kills, int Photos, int Videos, int VideoMegabytes, TimeSpan Patience)
{
    public const int Devices = 12;

    public static StormSize Chosen => Number("INGEST_STORM_KILLS") is { } kills
        ? new StormSize(kills, Photos: 40, Videos: 3, VideoMegabytes: 100, TimeSpan.FromHours(2))
        : new StormSize(Kills: 20, Photos: 18, Videos: 1, VideoMegabytes: 4, TimeSpan.FromMinutes(5));

    /// <summary>
    /// The seed of all random numbers. <c>INGEST_STORM_SEED</c> repeats a storm, as far as threads
    /// and the machine allow it.
    /// </summary>
    public static int Seed { get; } = Number("INGEST_STORM_SEED") ?? Random.Shared.Next();

    /// <summary>
    /// The number of files that a real client sends in each of its ways:
    /// <c>INGEST_CLIENT_FILES</c>.
    /// </summary>
    public static int ClientFiles { get; } = Number("INGEST_CLIENT_FILES") ?? 2;

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : null;
}
