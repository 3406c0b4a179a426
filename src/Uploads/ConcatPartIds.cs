namespace OrleansIngest.Uploads;

/// <summary>
/// The ids of partial uploads. The server makes them, with a UUID version of their own (8: RFC
/// 9562, section 5.8). So for an id that a client chose for its media, the server hardly ever has
/// to look up whether it is a part's.
/// </summary>
public static class ConcatPartIds
{
    private const int Version = 8;
    private const int VersionByte = 6;

    /// <summary>A new id; later ones are greater.</summary>
    public static Guid New()
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7().TryWriteBytes(bytes, bigEndian: true, out _);
        bytes[VersionByte] = (byte)((bytes[VersionByte] & 0x0F) | (Version << 4));
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Whether an id may be a part's.</summary>
    public static bool MayBe(Guid id) => id.Version == Version;
}
