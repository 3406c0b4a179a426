using OrleansIngest.Gateway.Protocols.Fields;

namespace OrleansIngest.Gateway.Protocols.Ietf;

/// <summary>
/// Which of the protocol's forms a client speaks: a draft, by its interop version, or the final one, which is newer than all of them.
/// This is the table of what differs between them.
/// </summary>
internal sealed class IetfVersion
{
    private const int Oldest = 3, Newest = 10, FinalForm = int.MaxValue;

    private static readonly IetfVersion s_final = new(FinalForm);
    private static readonly IetfVersion s_unknown = new(FinalForm) { IsKnown = false };
    private static readonly IetfVersion[] s_drafts = [.. Enumerable.Range(Oldest, Newest - Oldest + 1).Select(number => new IetfVersion(number))];

    private readonly int _number;

    private IetfVersion(int number) => _number = number;

    /// <summary>Whether this server speaks it. Otherwise it is answered like the final form, but never with a 104.</summary>
    public bool IsKnown { get; private init; } = true;

    /// <summary>What goes into <c>Upload-Draft-Interop-Version</c>; null: the header is not sent.</summary>
    public string? Name => _number == FinalForm ? null : _number.ToString();

    /// <summary>The first one said what is not complete instead of what is.</summary>
    public bool IsInverted => _number == 3;

    /// <summary>A 104 may say how far the upload is.</summary>
    public bool HasProgress => _number >= 5;

    /// <summary>The bytes that are appended have a type of their own.</summary>
    public bool HasType => _number >= 6;

    /// <summary>There is <c>Upload-Limit</c>.</summary>
    public bool HasLimit => _number >= 6;

    /// <summary>How <c>Upload-Limit</c> calls the upload's remaining life.</summary>
    public string AgeLimit => _number == 6 ? "expires" : "max-age";

    /// <summary>Who asks or gives up must not say how far the upload is.</summary>
    public bool ForbidsStateInQuestions => _number <= 6;

    /// <summary>A request that does not say whether it is the last is the last.</summary>
    public bool EndsByDefault => _number <= 6;

    /// <summary>The answer to a part that is not the last.</summary>
    public int PartStatus => _number <= 6 ? StatusCodes.Status201Created : StatusCodes.Status204NoContent;

    /// <summary>The version that a request speaks.</summary>
    public static IetfVersion Of(IHeaderDictionary headers)
    {
        if (!headers.TryGetValue(IetfHeaders.InteropVersion, out var field))
            return s_final;
        return StructuredField.Integer(field) is >= Oldest and <= Newest and var number ? s_drafts[number - Oldest] : s_unknown;
    }
}
