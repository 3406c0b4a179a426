using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.PowerCut;

/// <summary>
/// What a server has promised about one file. What was asked and not
/// answered may have happened or not.
/// </summary>
internal sealed class Promise(string job, byte[] bytes)
{
    /// <summary>What the server said.</summary>
    private enum Word
    {
        Nothing,
        Created,
        Stored,
        Gone,
    }

    private readonly Guid _media = Fresh.Media();
    private Word _word;
    private bool _askedToGo;
    private long _offset;
    private long? _orElse; // a body with a checksum was not answered: all of it is there, or nothing

    public byte[] Bytes { get; } = bytes;

    /// <summary>It can be gone on with.</summary>
    public bool IsOpen => _word is Word.Nothing or Word.Created && !_askedToGo;

    /// <summary>The server knows of it.</summary>
    public bool IsKnown => _word is Word.Created or Word.Stored && !_askedToGo;

    /// <summary>It is whole.</summary>
    public bool IsStored => _word == Word.Stored && !_askedToGo;

    /// <summary>Sends all of it at once.</summary>
    public async Task SendWhole(IngestServer server) =>
        Said((await Upload.CreateWith(job, _media, Bytes, Bytes.Length).Run(server))["Upload-Offset"]);

    /// <summary>Goes on where it is, creating it if need be, with so many bytes at most.</summary>
    public async Task SendSome(IngestServer server, int count, bool withChecksum = false)
    {
        var create = Upload.Create(job, _media, Bytes.Length);
        Said((await create.Run(server))["Upload-Offset"]);
        if (_word == Word.Created)
        {
            var patch = withChecksum ? Checked(Next(count)) : Upload.Patch(job, _media, _offset, Next(count));
            Said((await patch.Run(server))["Upload-Offset"]);
        }
    }

    /// <summary>Takes it back, whatever has come of it.</summary>
    public async Task TakeBack(IngestServer server)
    {
        _askedToGo = true;
        await Upload.Delete(job, _media).Run(server);
        _word = Word.Gone;
    }

    /// <summary>Whether the server does as it said.</summary>
    public Task MustHold(IngestServer server) => _word switch
    {
        Word.Gone => Upload.HeadOfNone(job, _media, 410).Run(server),
        _ when _askedToGo => Task.CompletedTask,
        Word.Stored => IsThere(server),
        Word.Created => IsAsFar(server),
        _ => Task.CompletedTask,
    };

    private HttpTest Checked(byte[] part)
    {
        _orElse = _offset + part.Length;
        return Upload.Patch(job, _media, _offset, part).With("Upload-Checksum", Digests.Checksum("sha1", part));
    }

    private byte[] Next(int count) =>
        Bytes.AsSpan((int)_offset, Math.Min(count, Bytes.Length - (int)_offset)).ToArray();

    private void Said(string? offset)
    {
        (_offset, _orElse) = (long.Parse(offset!), null);
        _word = _offset == Bytes.Length ? Word.Stored : Word.Created;
    }

    private async Task IsThere(IngestServer server)
    {
        var answer = await Upload.Download(job, _media).Run(server);
        Assert.Equal(TestMedia.Sha256(Bytes), TestMedia.Sha256(answer.Body));
        Assert.Equal($"\"{TestMedia.Sha256(Bytes)}\"", answer["ETag"]);
        await Upload.Head(job, _media, Bytes.Length, Bytes.Length).Run(server);
    }

    private async Task IsAsFar(IngestServer server)
    {
        var offset = await Upload.Offset(server, job, _media);
        Assert.True(offset >= _offset, $"{_media} was at {_offset}, and is at {offset}.");
        Assert.True(
            _orElse is null || offset == _offset || offset == _orElse,
            $"{_media} was at {_offset}, or {_orElse}, and is at {offset}.");
        Said(offset.ToString());
    }
}
