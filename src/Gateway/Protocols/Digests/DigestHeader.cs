using Microsoft.Extensions.Primitives;
using OrleansIngest.Gateway.Problems;

namespace OrleansIngest.Gateway.Protocols.Digests;

/// <summary>A header, or trailer, in which a client says what the body of its request hashes to.</summary>
/// <param name="Name">The header's name.</param>
/// <param name="Algorithms">What it may name.</param>
/// <param name="Parse">Reads it, and throws the <see cref="ProblemException"/> if it is malformed; what may be ignored is not in the result.</param>
/// <param name="Mismatch">What the client is told if the bytes hash to something else.</param>
internal sealed record DigestHeader(
    string Name, IReadOnlyList<DigestAlgorithm> Algorithms, Func<StringValues, IReadOnlyList<Digest>> Parse, ProblemKind Mismatch)
{
    /// <summary>What a request says of its body, or announces to say after it; null if neither.</summary>
    /// <exception cref="ProblemException">It is malformed, or there twice.</exception>
    public BodyDigest? Read(HttpRequest request)
    {
        var values = request.Headers[Name];
        if (values.Count == 0)
            return IsAnnounced(request) ? new BodyDigest(this, Algorithms, () => Trailer(request)) : null;
        if (IsAnnounced(request))
            throw Invalid("is a header or a trailer, not both.");
        var promised = Parse(values);
        return promised.Count == 0 ? null : new BodyDigest(this, promised.Select(digest => digest.Algorithm), () => promised);
    }

    /// <summary>Whether it is there, or announced to come as a trailer.</summary>
    public bool IsIn(HttpRequest request) => request.Headers.ContainsKey(Name) || IsAnnounced(request);

    /// <summary>Whether it is announced to come as a trailer.</summary>
    public bool IsAnnounced(HttpRequest request) =>
        request.Headers.Trailer.Count > 0 && request.GetDeclaredTrailers().Contains(Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>What the client is told if the header cannot be read.</summary>
    public ProblemException Invalid(string what) => new(ProblemKind.InvalidDigest, $"{Name} {what}");

    private IReadOnlyList<Digest> Trailer(HttpRequest request) => request.CheckTrailersAvailable() && request.GetTrailer(Name) is { Count: > 0 } values
        ? Parse(values)
        : throw Invalid("was announced as a trailer and did not come.");
}
