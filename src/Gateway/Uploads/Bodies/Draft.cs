using System.Buffers;
using OrleansIngest.Gateway.Protocols.Digests;
using OrleansIngest.Grains;

namespace OrleansIngest.Gateway.Uploads.Bodies;

/// <summary>The bytes of a body that said what it hashes to: until all of them are here and found right, none of them counts.</summary>
/// <param name="digest">What was said.</param>
/// <param name="hash">The hash of all that counts, if it is known; it goes on here.</param>
internal sealed class Draft(BodyDigest digest, RunningHash? hash) : IDisposable
{
    private RunningHash? _hash = hash;

    public void Append(ReadOnlySequence<byte> bytes)
    {
        digest.Append(bytes);
        _hash?.Append(bytes);
    }

    /// <summary>All of the body is here: whether it is what was said.</summary>
    public bool IsRight()
    {
        KillPoint.Reach(KillPoint.BeforeVerifying);
        return digest.Matches();
    }

    /// <summary>The hash of all that counts now, for the session to keep.</summary>
    public RunningHash? TakeHash()
    {
        var taken = _hash;
        _hash = null;
        return taken;
    }

    /// <inheritdoc/>
    public void Dispose() => _hash?.Dispose();
}
