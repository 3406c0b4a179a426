using System.Buffers;
using System.Security.Cryptography;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Uploads;

namespace OrleansIngest.Gateway.Protocols.Digests;

/// <summary>
/// What a client says that a body hashes to, and what it does hash to. If it is said in a trailer, nobody knows before the end
/// which algorithm that will name: then all are computed on the way.
/// </summary>
/// <param name="header">Where it is said.</param>
/// <param name="algorithms">What may be named.</param>
/// <param name="promised">What is said; asked for when all of the body is here. It throws if that is malformed.</param>
internal sealed class BodyDigest(DigestHeader header, IEnumerable<DigestAlgorithm> algorithms, Func<IReadOnlyList<Digest>> promised)
    : IBodyDigest, IDisposable
{
    private readonly List<(DigestAlgorithm Algorithm, IncrementalHash Hash)> _hashes =
        [.. algorithms.Select(algorithm => (algorithm, IncrementalHash.CreateHash(algorithm.Hash)))];

    /// <summary>More of the body came.</summary>
    public void Append(ReadOnlySequence<byte> bytes)
    {
        foreach (var (_, hash) in _hashes)
        {
            foreach (var segment in bytes)
                hash.AppendData(segment.Span);
        }
    }

    /// <summary>Once it is compared: why the body does not count, if it does not.</summary>
    public ProblemException? Problem { get; private set; }

    /// <summary>All of the body is here: whether it is what was promised. The trailer that was to say it may be malformed or missing.</summary>
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
        return actual.AsSpan().SequenceEqual(digest.Value) ? null
            : new ProblemException(header.Mismatch, "The bytes changed on their way, and none of them was kept. Send them again.")
                .With("algorithm", digest.Algorithm.Name)
                .With("expected", Convert.ToBase64String(digest.Value))
                .With("actual", Convert.ToBase64String(actual))
                .With("mismatching-digests", new[] { InProblem(digest) });
    }

    /// <summary>As draft-ietf-httpapi-digest-fields-problem-types has it.</summary>
    private Dictionary<string, string> InProblem(Digest digest) => new(StringComparer.Ordinal)
    {
        ["algorithm"] = digest.Algorithm.Name,
        ["provided-digest"] = $":{Convert.ToBase64String(digest.Value)}:",
        ["header"] = header.Name,
    };
}
