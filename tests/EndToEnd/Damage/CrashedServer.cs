using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Damage;

/// <summary>
/// A server that took files of two jobs and was killed. The pages of the first job are in the
/// database file, and what came last is in its log.
/// </summary>
public sealed class CrashedServer : IAsyncLifetime
{
    /// <summary>The job whose events are in the database.</summary>
    public const string Early = "early";

    /// <summary>The job whose events are in the log.</summary>
    public const string Late = "late";

    private readonly List<(string Job, Guid Media, byte[] Bytes)> _stored = [];
    private IngestServer? _server;

    public IngestServer Server => _server!;

    /// <summary>What it stored.</summary>
    public IReadOnlyList<(string Job, Guid Media, byte[] Bytes)> Stored => _stored;

    /// <summary>An upload of 5 bytes to the late job, of which it has 1, 2 and 3.</summary>
    public Guid Open { get; } = Fresh.Media();

    /// <summary>The name of a stored file, by its number.</summary>
    public static string Filename(int number) => $"{number:0000}-{new string('x', 295)}";

    public async ValueTask InitializeAsync()
    {
        _server = await IngestServer.Start();
        for (var i = 0; i < 12; i++)
            await Store(Early, i);
        await _server.Stop();
        await _server.Restart();
        await Store(Late, 100);
        await Upload.CreateWith(Late, Open, [1, 2, 3], 5).Run(_server);
        await _server.Kill();
    }

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private async Task Store(string job, int number)
    {
        var (media, bytes) = (Fresh.Media(), TestMedia.Bytes(5000, seed: number));
        await Upload.CreateWith(job, media, bytes, bytes.Length, ("filename", Filename(number)), ("device", "phone-1"))
            .Run(Server);
        _stored.Add((job, media, bytes));
    }
}
