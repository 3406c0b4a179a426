using OrleansIngest.Gateway.Protocols.Fields;

namespace OrleansIngest.Gateway.Protocols.Ietf;

/// <summary>
/// A version of the IETF protocol: a draft, identified by its interop version, or the final
/// version. This class is the table of the differences between the versions.
/// </summary>
internal sealed class IetfVersion
{
    private const int Oldest = 3;
    private const int Newest = 10;
    private const int Final = int.MaxValue; // newer than every draft

    private static readonly IetfVersion s_final = new(Final);
    private static readonly IetfVersion s_unknown = new(Final) { IsKnown = false };
    private static readonly IetfVersion[] s_drafts =
        [.. Enumerable.Range(Oldest, Newest - Oldest + 1).Select(number => new IetfVersion(number))];

    private readonly int _number;

    private IetfVersion(int number) => _number = number;

    /// <summary>
    /// Whether this server supports the version. It handles an unknown version like the final one,
    /// but never sends a 104.
    /// </summary>
    public bool IsKnown { get; private init; } = true;

    /// <summary>
    /// The value of <c>Upload-Draft-Interop-Version</c> in responses; null if the header is not
    /// sent.
    /// </summary>
    public string? Name => _number == Final ? null : _number.ToString();

    /// <summary>
    /// Whether the version has <c>Upload-Incomplete</c>, the inverse of <c>Upload-Complete</c>.
    /// </summary>
    public bool IsInverted => _number == 3;

    /// <summary>Whether a 104 may have the progress of the upload.</summary>
    public bool HasProgress => _number >= 5;

    /// <summary>
    /// Whether an append must have the media type <c>application/partial-upload</c>.
    /// </summary>
    public bool HasType => _number >= 6;

    /// <summary>Whether the version has <c>Upload-Limit</c>.</summary>
    public bool HasLimit => _number >= 6;

    /// <summary>
    /// The key in <c>Upload-Limit</c> for the time in seconds after which the upload expires.
    /// </summary>
    public string AgeLimit => _number == 6 ? "expires" : "max-age";

    /// <summary>
    /// Whether offset retrieval and cancellation must not have headers that describe the state of
    /// the upload.
    /// </summary>
    public bool ForbidsStateInQueries => _number <= 6;

    /// <summary>
    /// Whether the upload ends with the body of a request that has no <c>Upload-Complete</c>.
    /// </summary>
    public bool EndsByDefault => _number <= 6;

    /// <summary>
    /// The status of the response to an append that does not complete the upload.
    /// </summary>
    public int PartStatus => _number <= 6 ? StatusCodes.Status201Created : StatusCodes.Status204NoContent;

    /// <summary>The version that a request names; the final version if it names none.</summary>
    public static IetfVersion Of(IHeaderDictionary headers)
    {
        if (!headers.TryGetValue(IetfHeaders.InteropVersion, out var field))
            return s_final;
        return StructuredField.Integer(field) is >= Oldest and <= Newest and var number
            ? s_drafts[number - Oldest]
            : s_unknown;
    }
}
