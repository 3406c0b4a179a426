using System.Buffers;
using System.Security.Cryptography;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Uploads;

namespace OrleansIngest.Gateway.Protocols.Digests;

/// <summary>
/// Compares the digest that a client promises for a request's body with the digest of the bytes
/// that arrive. If the client sends the digest in a trailer, its algorithm is not known before the
/// end of the body; then every supported algorithm is computed.
/// </summary>
/// <param name="header">The header or trailer that carries the digest.</param>
/// <param name="algorithms">The algorithms to compute.</param>
/// <param name="promised">
/// Returns the promised digests; called when the whole body is here. Throws
/// <see cref="ProblemException"/> if the trailer is malformed or missing.
/// </param>
internal sealed class BodyDigest(
    DigestHeader header, IEnumerable<DigestAlgorithm> algorithms, Func<IReadOnlyList<Digest>> promised)
    : IBodyDigest, IDisposable
{
    private readonly List<(DigestAlgorithm Algorithm, IncrementalHash Hash)> _hashes =
        [.. algorithms.Select(algorithm => (algorithm, IncrementalHash.CreateHash(algorithm.Hash)))];

    /// <summary>Adds bytes of the body to the digests.</summary>
    public void Append(ReadOnlySequence<byte> bytes)
    {
        foreach (var (_, hash) in _hashes)
        {
            foreach (var segment in bytes)
                hash.AppendData(segment.Span);
        }
    }

    /// <summary>Why the body was refused; null if it matches or was not compared yet.</summary>
    public ProblemException? Problem { get; private set; }

    /// <summary>
    /// Compares the digests after the last byte. False if one of them differs, or if the announced
    /// trailer is malformed or missing; <see cref="Problem"/> then says why.
    /// </summary>
    public bool Matches()
    {
        try
        {
            Problem = promised().Select(Compare).FirstOrDefault(problem => problem is not null);
        }
        catch (ProblemException malformed)
        {
            Problem = malformed;
        }
        return Problem is null;
    }

    /// <inheritdoc/>
    public void Dispose() => _hashes.ForEach(of => of.Hash.Dispose());

    private ProblemException? Compare(Digest digest)
    {
        var actual = _hashes.Find(of => of.Algorithm == digest.Algorithm).Hash.GetCurrentHash();
        if (actual.AsSpan().SequenceEqual(digest.Value))
            return null;
        return new ProblemException(
                header.Mismatch, "The bytes changed on their way, and none of them was kept. Send them again.")
            .With("algorithm", digest.Algorithm.Name)
            .With("expected", Convert.ToBase64String(digest.Value))
            .With("actual", Convert.ToBase64String(actual))
            .With("mismatching-digests", new[] { ToProblemMember(digest) });
    }

    /// <summary>
    /// A mismatching digest as draft-ietf-httpapi-digest-fields-problem-types defines it.
    /// </summary>
    private Dictionary<string, string> ToProblemMember(Digest digest) => new(StringComparer.Ordinal)
    {
        ["algorithm"] = digest.Algorithm.Name,
        ["provided-digest"] = $":{Convert.ToBase64String(digest.Value)}:",
        ["header"] = header.Name,
    };
}
