using System.Collections;

namespace Grpc.Core;

/// <summary>Headers or trailers of a call, in order. A key that ends in <c>-bin</c> carries bytes, any other ASCII text.</summary>
public sealed partial class Metadata : IEnumerable<Metadata.Entry>
{
    /// <summary>How the key of a binary entry ends.</summary>
    public const string BinaryHeaderSuffix = "-bin";

    /// <summary>No entries; it can not be changed.</summary>
    public static readonly Metadata Empty = new() { _frozen = true };

    private readonly List<Entry> _entries = [];
    private bool _frozen;

    /// <summary>How many entries there are; a key counts as often as it occurs.</summary>
    public int Count => _entries.Count;

    /// <summary>The entry at a position.</summary>
    public Entry this[int index] => _entries[index];

    /// <summary>Adds text.</summary>
    /// <exception cref="ArgumentException">The key is not a valid name, or ends in <c>-bin</c>.</exception>
    public void Add(string key, string value) => Add(new Entry(key, value));

    /// <summary>Adds bytes.</summary>
    /// <exception cref="ArgumentException">The key is not a valid name, or does not end in <c>-bin</c>.</exception>
    public void Add(string key, byte[] valueBytes) => Add(new Entry(key, valueBytes));

    /// <summary>Adds an entry.</summary>
    /// <exception cref="InvalidOperationException">This is <see cref="Empty"/>.</exception>
    public void Add(Entry item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (_frozen) throw new InvalidOperationException("Metadata.Empty is read only.");
        _entries.Add(item);
    }

    /// <summary>The last entry with this key, in any case, or null.</summary>
    public Entry? Get(string key) => _entries.FindLast(entry => entry.Has(key));

    /// <summary>All entries with this key, in any case.</summary>
    public IEnumerable<Entry> GetAll(string key) => _entries.Where(entry => entry.Has(key));

    /// <summary>The text of the last entry with this key, or null.</summary>
    public string? GetValue(string key) => Get(key)?.Value;

    /// <summary>The bytes of the last entry with this key, or null.</summary>
    public byte[]? GetValueBytes(string key) => Get(key)?.ValueBytes;

    /// <inheritdoc/>
    public IEnumerator<Entry> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
