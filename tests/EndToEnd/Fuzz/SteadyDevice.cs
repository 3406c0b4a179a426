using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Fuzz;

/// <summary>
/// A device that makes no mistake while others do, and remembers all that it was told.
/// </summary>
internal sealed class SteadyDevice(IngestServer server, string job, int seed)
{
    private readonly Random _random = new(seed);
    private readonly Dictionary<Guid, byte[]> _stored = [];
    private readonly Dictionary<Guid, (byte[] File, int Offset)> _open = [];

    public int Stored => _stored.Count;

    public int Open => _open.Count;

    /// <summary>Uploads a file in pieces; one in four is left open.</summary>
    public async Task UploadOne()
    {
        var (media, file) = (FuzzTarget.NewId(_random), TestMedia.Bytes(_random.Next(1, 60_000), _random.Next()));
        var pieces = new[] { 0, file.Length }.Concat(Enumerable.Range(0, 3).Select(_ => _random.Next(file.Length)))
            .Distinct().Order().ToList();
        var leaveOpen = _random.Next(4) == 0;
        await Upload.Create(job, media, file.Length).Run(server);
        foreach (var (from, to) in pieces.Zip(pieces.Skip(1)).SkipLast(leaveOpen ? 1 : 0))
            await Upload.Patch(job, media, from, file[from..to]).Run(server);
        if (leaveOpen)
            _open[media] = (file, pieces[^2]);
        else
            _stored[media] = file;
    }

    /// <summary>All that it was told is true.</summary>
    public async Task MustHaveLostNothing()
    {
        foreach (var (media, file) in _stored)
        {
            await Upload.Head(job, media, file.Length, file.Length).Run(server);
            Assert.Equal(file, (await Upload.Download(job, media).Run(server)).Body);
        }
        foreach (var (media, (file, offset)) in _open)
            await Upload.Head(job, media, offset, file.Length).Run(server);
    }

    /// <summary>The rest of what is open goes where it should.</summary>
    public async Task FinishAll()
    {
        foreach (var (media, (file, offset)) in _open)
        {
            await Upload.Patch(job, media, offset, file[offset..]).Run(server);
            _stored[media] = file;
        }
        _open.Clear();
    }
}
