namespace OrleansIngest.EndToEnd.PowerCut;

/// <summary>
/// What a power cut leaves. What was synced is always there; POSIX leaves
/// the rest to the file system.
/// </summary>
public enum Left
{
    /// <summary>
    /// Nothing else: no name whose folder was not synced, no byte whose file was not synced.
    /// </summary>
    OnlyWhatWasSynced,

    /// <summary>
    /// Also all names and lengths. Bytes that were not synced are zeros or noise.
    /// </summary>
    NamesAndLengths,

    /// <summary>Also any part of the rest, block by block, as luck has it.</summary>
    AnyPart,
}

/// <summary>A folder after a power cut.</summary>
internal sealed class Remains(
    ForgetfulDisk disk, string root, IReadOnlyCollection<DiskEntry> written, Left left, Random luck)
{
    private const int Block = 4096;

    private readonly bool _keepsNames = left == Left.NamesAndLengths || (left == Left.AnyPart && luck.Next(2) == 0);
    private readonly ILookup<string, DiskEntry> _written = written.ToLookup(entry => entry.Id);

    /// <summary>Makes it.</summary>
    public void MakeIn(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var entry in _keepsNames ? written : disk.SyncedEntries())
        {
            var path = Path.Combine(folder, entry.Path);
            if (entry.IsFolder)
                Directory.CreateDirectory(path);
            else
                File.WriteAllBytes(path, Content(entry));
        }
    }

    private byte[] Content(DiskEntry entry)
    {
        var synced = disk.SyncedContent(entry.Id);
        if (left == Left.OnlyWhatWasSynced)
            return synced;
        var full =
            _written[entry.Id].FirstOrDefault() is { } now ? File.ReadAllBytes(Path.Combine(root, now.Path)) : [];
        var content = Garbage(_keepsNames ? full.Length : synced.Length);
        Copy(synced, content, 0, content.Length);
        for (var at = 0; left == Left.AnyPart && at < content.Length; at += Block)
        {
            if (luck.Next(2) == 0)
                Copy(full, content, at, Block);
        }
        return content;
    }

    private byte[] Garbage(int length)
    {
        var bytes = new byte[length];
        if (luck.Next(2) == 0)
            luck.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Copies as much as there is.</summary>
    private static void Copy(byte[] from, byte[] to, int at, int count)
    {
        var end = Math.Min(at + count, Math.Min(from.Length, to.Length));
        if (at < end)
            from.AsSpan(at..end).CopyTo(to.AsSpan(at));
    }
}
