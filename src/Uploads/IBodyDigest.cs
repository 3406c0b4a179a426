using System.Buffers;

namespace OrleansIngest.Uploads;

/// <summary>
/// What a request says that its body hashes to (RFC 9530, or the tus checksum extension).
/// </summary>
public interface IBodyDigest
{
    /// <summary>Adds the next bytes of the body.</summary>
    void Append(ReadOnlySequence<byte> bytes);

    /// <summary>
    /// Compares the body with what was promised, once all of it has come. A trailer with the
    /// promise is read only now, and a malformed or missing one does not match.
    /// </summary>
    bool Matches();
}
