using Microsoft.Extensions.Primitives;
using OrleansIngest.Gateway.Problems;

namespace OrleansIngest.Gateway.Protocols.Digests;

/// <summary>A header or trailer that promises the digest of a request's body.</summary>
/// <param name="Name">The name of the header.</param>
/// <param name="Algorithms">The algorithms that the header may name.</param>
/// <param name="Parse">
/// Parses the values of the header. Throws <see cref="ProblemException"/> if they are malformed;
/// leaves out digests with unknown algorithms.
/// </param>
/// <param name="Mismatch">The problem that a client gets if the bytes do not match.</param>
internal sealed record DigestHeader(
    string Name,
    IReadOnlyList<DigestAlgorithm> Algorithms,
    Func<StringValues, IReadOnlyList<Digest>> Parse,
    ProblemKind Mismatch)
{
    /// <summary>
    /// Reads the header of a request, or prepares to read its trailer if the request announces
    /// it in <c>Trailer</c>.
    /// </summary>
    /// <returns>
    /// The digest to compare with the body; null if the request has none with a known algorithm.
    /// </returns>
    /// <exception cref="ProblemException">
    /// The header is malformed, or is both a header and a trailer.
    /// </exception>
    public BodyDigest? Read(HttpRequest request)
    {
        var values = request.Headers[Name];
        if (values.Count == 0)
            return IsAnnounced(request) ? new BodyDigest(this, Algorithms, () => Trailer(request)) : null;
        if (IsAnnounced(request))
            throw Invalid("is a header or a trailer, not both.");
        var promised = Parse(values);
        return promised.Count == 0
            ? null
            : new BodyDigest(this, promised.Select(digest => digest.Algorithm), () => promised);
    }

    /// <summary>Whether a request has the header or announces it as a trailer.</summary>
    public bool IsIn(HttpRequest request) => request.Headers.ContainsKey(Name) || IsAnnounced(request);

    /// <summary>Whether a request announces the header as a trailer.</summary>
    public bool IsAnnounced(HttpRequest request) =>
        request.Headers.Trailer.Count > 0
        && request.GetDeclaredTrailers().Contains(Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Creates the problem for a header that cannot be read.</summary>
    public ProblemException Invalid(string what) => new(ProblemKind.InvalidDigest, $"{Name} {what}");

    private IReadOnlyList<Digest> Trailer(HttpRequest request)
    {
        var isHere = request.CheckTrailersAvailable() && request.GetTrailer(Name).Count > 0;
        return isHere
            ? Parse(request.GetTrailer(Name))
            : throw Invalid("was announced as a trailer and did not come.");
    }
}
