using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace OrleansIngest.Grains.Model;

/// <summary>The kinds of blobs.</summary>
public enum BlobKind
{
    /// <summary>A file of its own.</summary>
    File,

    /// <summary>A range of a segment, which is a file that many blobs share.</summary>
    Extent,

    /// <summary>Several files or objects, one after another.</summary>
    Joined,

    /// <summary>An object of its own in an object store.</summary>
    [SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "It is the standard term.")]
    Object,
}

/// <summary>
/// The name of a blob, which is a sequence of bytes in a media store. A blob is <em>incoming</em>
/// while its bytes arrive, and <em>content</em> when they are final. The server creates the name;
/// no part of it comes from a client. Only this class knows the text form: <c>uuid</c> for a file,
/// <c>uuid~</c> for an object, <c>segment-offset-length</c> for an extent, <c>uuid+part+part</c>
/// for a joined blob. A UUID is written as 32 lower-case hexadecimal digits, and a number as eight,
/// so that the texts of extents sort by their offsets.
/// </summary>
[GenerateSerializer, Immutable, Alias("ingest.BlobId")]
public sealed class BlobId : IEquatable<BlobId>
{
    private const char ExtentMark = '-';
    private const char JoinedMark = '+';
    private const char ObjectMark = '~';
    private const string UuidFormat = "N";
    private const int UuidLength = 32;
    private const int NumberLength = 8;
    private const int VersionByte = 6; // of a UUID: its upper half is the version
    private const int ExtentLength = UuidLength + (2 * (1 + NumberLength));

    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789abcdef");

    private BlobId(Guid uuid, long offset = 0, long length = 0, BlobId[]? parts = null, bool isObject = false) =>
        (Uuid, Offset, Length, Parts, IsObject) = (uuid, offset, length, parts ?? [], isObject);

    /// <summary>The UUID of the blob; for an extent, the UUID of the segment.</summary>
    [Id(0)] public Guid Uuid { get; private init; }

    /// <summary>The offset of an extent in its segment.</summary>
    [Id(1)] public long Offset { get; private init; }

    /// <summary>
    /// The length of an extent, at least 1. It is 0 for the other kinds, whose length only the
    /// store knows.
    /// </summary>
    [Id(2)] public long Length { get; private init; }

    /// <summary>
    /// The parts of a joined blob, in order. All of them are files or objects, and one may occur
    /// twice. Empty for the other kinds.
    /// </summary>
    [Id(3)] public IReadOnlyList<BlobId> Parts { get; private init; }

    /// <summary>The kind of the blob.</summary>
    public BlobKind Kind => this switch
    {
        { Parts.Count: > 0 } => BlobKind.Joined,
        { Length: > 0 } => BlobKind.Extent,
        { IsObject: true } => BlobKind.Object,
        _ => BlobKind.File,
    };

    /// <summary>
    /// The blobs that hold the bytes, in order: the parts of a joined blob, otherwise the blob
    /// itself.
    /// </summary>
    public IReadOnlyList<BlobId> Sources => Parts.Count > 0 ? Parts : [this];

    [Id(4)] private bool IsObject { get; init; }

    private bool CanBePart => Kind is BlobKind.File or BlobKind.Object;

    /// <summary>
    /// Creates a UUID of version 7. It starts with the time, so new entries are added at the end of
    /// an index of blobs.
    /// </summary>
    public static Guid NewUuid() => Guid.CreateVersion7();

    /// <summary>Creates the name of a file.</summary>
    public static BlobId File(Guid uuid) => new(uuid);

    /// <summary>Creates the name of a new file.</summary>
    public static BlobId NewFile() => File(NewUuid());

    /// <summary>Creates the name of an object in an object store.</summary>
    [SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "It is the standard term.")]
    public static BlobId Object(Guid uuid) => new(uuid, isObject: true);

    /// <summary>Creates the name of a new object in an object store.</summary>
    public static BlobId NewObject() => Object(NewUuid());

    /// <summary>
    /// The object that a store makes of this joined blob, always the same one. Its UUID is this
    /// blob's with version 8 in the place of version 7, so that it sorts beside it and is never the
    /// name of anything else.
    /// </summary>
    /// <exception cref="InvalidOperationException">This is not a joined blob.</exception>
    public BlobId ToObject()
    {
        if (Kind != BlobKind.Joined)
            throw new InvalidOperationException("Only a joined blob becomes an object.");
        Span<byte> bytes = stackalloc byte[16];
        Uuid.TryWriteBytes(bytes, bigEndian: true, out _);
        bytes[VersionByte] = (byte)(0x80 | (bytes[VersionByte] & 0x0f));
        return Object(new Guid(bytes, bigEndian: true));
    }

    /// <summary>Creates the name of a range of a segment.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The offset or the length is 4 GiB or more, or the length is 0.
    /// </exception>
    public static BlobId Extent(Guid segment, long offset, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(offset, (uint)offset);
        ArgumentOutOfRangeException.ThrowIfNotEqual(length, (uint)length);
        ArgumentOutOfRangeException.ThrowIfZero(length);
        return new BlobId(segment, offset, length);
    }

    /// <summary>
    /// Creates the name of a new joined blob. Joining the same parts again gives another name.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// There is no part, or a part is neither a file nor an object.
    /// </exception>
    public static BlobId Join(IEnumerable<BlobId> parts) => Join(NewUuid(), [.. parts]);

    /// <summary>Returns this joined blob with other parts; the UUID stays.</summary>
    /// <exception cref="ArgumentException">
    /// There is no part, or a part is neither a file nor an object.
    /// </exception>
    public BlobId With(IEnumerable<BlobId> parts) => Join(Uuid, [.. parts]);

    /// <summary>
    /// Returns the range of texts, in ordinal order, of all blobs with this UUID: the extents of a
    /// segment, or a joined blob with any parts.
    /// </summary>
    public static (string From, string To) TextsOf(Guid uuid)
    {
        var text = uuid.ToString(UuidFormat);
        return (text, text + char.MaxValue);
    }

    /// <summary>Parses the text form.</summary>
    /// <exception cref="FormatException">The text is not the name of a blob.</exception>
    public static BlobId Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var blob) ? blob : throw new FormatException("This is not the name of a blob.");

    /// <summary>Parses the text form. Only the exact form that is written is accepted.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out BlobId? blob)
    {
        blob = null;
        if (text.Length < UuidLength || text[..UuidLength].ContainsAnyExcept(s_digits))
            return false;
        var uuid = Guid.ParseExact(text[..UuidLength], UuidFormat);
        blob = text[UuidLength..] switch
        {
            [] => new BlobId(uuid),
            [ObjectMark] => Object(uuid),
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
        BlobKind.Object => $"{Uuid:N}{ObjectMark}",
        _ => Uuid.ToString(UuidFormat),
    };

    /// <summary>
    /// Writes the text form, which has at most 50 characters unless the blob is joined.
    /// </summary>
    /// <param name="text">Receives the text.</param>
    /// <param name="length">The length of the text.</param>
    /// <returns>False if the text is longer.</returns>
    public bool TryFormat(Span<char> text, out int length) => Kind switch
    {
        BlobKind.Extent => text.TryWrite(
            CultureInfo.InvariantCulture, $"{Uuid:N}{ExtentMark}{Offset:x8}{ExtentMark}{Length:x8}", out length),
        BlobKind.File => Uuid.TryFormat(text, out length, UuidFormat),
        _ => text.TryWrite($"{ToString()}", out length),
    };

    /// <inheritdoc/>
    public bool Equals(BlobId? other) => ReferenceEquals(this, other)
        || (other is not null && Uuid == other.Uuid && Offset == other.Offset && Length == other.Length
            && IsObject == other.IsObject
            && (ReferenceEquals(Parts, other.Parts) || Parts.SequenceEqual(other.Parts)));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as BlobId);

    /// <inheritdoc/>
    public override int GetHashCode() => Uuid.GetHashCode() ^ (int)Offset;

    /// <summary>Whether both are the same name.</summary>
    public static bool operator ==(BlobId? one, BlobId? other) => one is null ? other is null : one.Equals(other);

    /// <summary>Whether the names differ.</summary>
    public static bool operator !=(BlobId? one, BlobId? other) => !(one == other);

    private static BlobId Join(Guid uuid, BlobId[] parts) =>
        parts.Length > 0 && parts.All(part => part.CanBePart)
        ? new BlobId(uuid, parts: parts)
        : throw new ArgumentException("Files or objects are joined, at least one.", nameof(parts));

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
            if (!TryParse(texts[range], out var part) || !part.CanBePart)
                return null;
            parts.Add(part);
        }
        return new BlobId(uuid, parts: [.. parts]);
    }
}
