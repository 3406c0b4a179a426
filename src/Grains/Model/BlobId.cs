using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace OrleansIngest.Grains.Model;

/// <summary>What a <see cref="BlobId"/> names.</summary>
public enum BlobKind
{
    /// <summary>Bytes in a file of their own.</summary>
    File,

    /// <summary>A range of a file that many blobs share, a segment.</summary>
    Extent,

    /// <summary>The bytes of other blobs, one after another.</summary>
    Joined,
}

/// <summary>
/// The name of bytes in a media store. A blob is <em>incoming</em> while its bytes arrive, and
/// <em>content</em> when they are final. The server makes the name: nothing that a caller sent is
/// part of it. This class alone knows the text form: <c>uuid</c> for a file,
/// <c>segment-offset-length</c> for an extent (the numbers as eight hexadecimal digits, so that
/// texts sort as the bytes lie), <c>uuid+part+part</c> for a joined blob; a UUID is 32 lower-case
/// hexadecimal digits.
/// </summary>
[GenerateSerializer, Immutable, Alias("ingest.BlobId")]
public sealed class BlobId : IEquatable<BlobId>
{
    private const char ExtentMark = '-';
    private const char JoinedMark = '+';
    private const string UuidFormat = "N";
    private const int UuidLength = 32;
    private const int NumberLength = 8;
    private const int ExtentLength = UuidLength + (2 * (1 + NumberLength));

    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789abcdef");

    private BlobId(Guid uuid, long offset = 0, long length = 0, BlobId[]? parts = null) =>
        (Uuid, Offset, Length, Parts) = (uuid, offset, length, parts ?? []);

    /// <summary>Its own UUID; that of the segment if it is an extent.</summary>
    [Id(0)] public Guid Uuid { get; private init; }

    /// <summary>Where an extent begins in its segment.</summary>
    [Id(1)] public long Offset { get; private init; }

    /// <summary>
    /// Bytes in an extent, at least one; 0 for every other kind, whose length only the store knows.
    /// </summary>
    [Id(2)] public long Length { get; private init; }

    /// <summary>
    /// The parts of a joined blob, in order, all of them files; the same one may be there twice.
    /// Else empty.
    /// </summary>
    [Id(3)] public IReadOnlyList<BlobId> Parts { get; private init; }

    /// <summary>What it names.</summary>
    public BlobKind Kind => Parts.Count > 0 ? BlobKind.Joined : Length > 0 ? BlobKind.Extent : BlobKind.File;

    /// <summary>
    /// The blobs that hold the bytes, in order: the parts of a joined blob, or else the blob
    /// itself.
    /// </summary>
    public IReadOnlyList<BlobId> Sources => Parts.Count > 0 ? Parts : [this];

    /// <summary>
    /// A new UUID. Its first digits say when it was made, so an index of blobs grows at its end;
    /// the last are random.
    /// </summary>
    public static Guid NewUuid() => Guid.CreateVersion7();

    /// <summary>The name of a file.</summary>
    public static BlobId File(Guid uuid) => new(uuid);

    /// <summary>The name of a new file.</summary>
    public static BlobId NewFile() => File(NewUuid());

    /// <summary>The name of a range of a segment.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// It begins or ends beyond 4 GiB, or is empty.
    /// </exception>
    public static BlobId Extent(Guid segment, long offset, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(offset, (uint)offset);
        ArgumentOutOfRangeException.ThrowIfNotEqual(length, (uint)length);
        ArgumentOutOfRangeException.ThrowIfZero(length);
        return new BlobId(segment, offset, length);
    }

    /// <summary>A new joined blob: two of the same parts are two blobs.</summary>
    /// <exception cref="ArgumentException">There is no part, or one is no file.</exception>
    public static BlobId Join(IEnumerable<BlobId> parts) => Join(NewUuid(), [.. parts]);

    /// <summary>The same joined blob, the parts of which are other blobs now.</summary>
    /// <exception cref="ArgumentException">There is no part, or one is no file.</exception>
    public BlobId With(IEnumerable<BlobId> parts) => Join(Uuid, [.. parts]);

    /// <summary>
    /// Where the texts of all blobs with a UUID are in ordinal order: the extents of a segment, or
    /// a joined blob whatever its parts are.
    /// </summary>
    public static (string From, string To) TextsOf(Guid uuid)
    {
        var text = uuid.ToString(UuidFormat);
        return (text, text + char.MaxValue);
    }

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static BlobId Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var blob) ? blob : throw new FormatException("This is not the name of a blob.");

    /// <summary>Reads what <see cref="ToString"/> wrote, and nothing else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out BlobId? blob)
    {
        blob = null;
        if (text.Length < UuidLength || text[..UuidLength].ContainsAnyExcept(s_digits))
            return false;
        var uuid = Guid.ParseExact(text[..UuidLength], UuidFormat);
        blob = text[UuidLength..] switch
        {
            [] => new BlobId(uuid),
            [ExtentMark, ..] => TryExtent(uuid, text),
            [JoinedMark, .. var parts] => TryJoined(uuid, parts),
            _ => null,
        };
        return blob is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        BlobKind.Extent => string.Create(
            CultureInfo.InvariantCulture, $"{Uuid:N}{ExtentMark}{Offset:x8}{ExtentMark}{Length:x8}"),
        BlobKind.Joined => $"{Uuid:N}{JoinedMark}{string.Join(JoinedMark, Parts)}",
        _ => Uuid.ToString(UuidFormat),
    };

    /// <inheritdoc/>
    public bool Equals(BlobId? other) => ReferenceEquals(this, other)
        || (other is not null && Uuid == other.Uuid && Offset == other.Offset && Length == other.Length
            && (ReferenceEquals(Parts, other.Parts) || Parts.SequenceEqual(other.Parts)));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as BlobId);

    /// <inheritdoc/>
    public override int GetHashCode() => Uuid.GetHashCode() ^ (int)Offset;

    /// <summary>Whether both name the same bytes.</summary>
    public static bool operator ==(BlobId? one, BlobId? other) => one is null ? other is null : one.Equals(other);

    /// <summary>Whether they name different bytes.</summary>
    public static bool operator !=(BlobId? one, BlobId? other) => !(one == other);

    private static BlobId Join(Guid uuid, BlobId[] parts) =>
        parts.Length > 0 && parts.All(part => part.Kind == BlobKind.File)
        ? new BlobId(uuid, parts: parts)
        : throw new ArgumentException("Files are joined, at least one.", nameof(parts));

    private static BlobId? TryExtent(Guid segment, ReadOnlySpan<char> text)
    {
        if (text.Length != ExtentLength || text[^(NumberLength + 1)] != ExtentMark)
            return null;
        return TryNumber(text[(UuidLength + 1)..][..NumberLength], out var offset)
            && TryNumber(text[^NumberLength..], out var length) && length > 0
            ? new BlobId(segment, offset, length)
            : null;
    }

    private static bool TryNumber(ReadOnlySpan<char> digits, out uint number) =>
        uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
        && !digits.ContainsAnyExcept(s_digits);

    private static BlobId? TryJoined(Guid uuid, ReadOnlySpan<char> texts)
    {
        var parts = new List<BlobId>();
        foreach (var range in texts.Split(JoinedMark))
        {
            if (!TryParse(texts[range], out var part) || part.Kind != BlobKind.File)
                return null;
            parts.Add(part);
        }
        return new BlobId(uuid, parts: [.. parts]);
    }
}
