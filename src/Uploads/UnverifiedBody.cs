using System.Buffers;
using OrleansIngest.Grains;
using OrleansIngest.Uploads.Blobs;

namespace OrleansIngest.Uploads;

/// <summary>
/// The bytes of a body with a digest. None of them counts before all of them are here and have the
/// promised digest.
/// </summary>
/// <param name="digest">The promise.</param>
/// <param name="hash">
/// A copy of the upload's hash, which goes on here; null if the upload's hash is not known.
/// </param>
internal sealed class UnverifiedBody(IBodyDigest digest, RunningHash? hash) : IDisposable
{
    private RunningHash? _hash = hash;

    public void Append(ReadOnlySequence<byte> bytes)
    {
        digest.Append(bytes);
        _hash?.Append(bytes);
    }

    /// <summary>Compares the body with its digest. All of it must have come.</summary>
    public bool Matches()
    {
        KillPoint.Reach(KillPoint.BeforeVerifying);
        return digest.Matches();
    }

    /// <summary>The upload's hash with this body's bytes. The upload owns it from now on.</summary>
    public RunningHash? TakeHash()
    {
        var taken = _hash;
        _hash = null;
        return taken;
    }

    /// <inheritdoc/>
    public void Dispose() => _hash?.Dispose();
}
