using OrleansIngest.Gateway.Problems;

namespace OrleansIngest.Gateway.Protocols.Ietf;

/// <summary>
/// Translates problems to the problem types that the IETF protocol defines and that are registered
/// with IANA (RFC 9457, section 4.2).
/// </summary>
internal static class IetfProblems
{
    /// <summary>
    /// The problem with the type of the IETF protocol; the same problem if the protocol defines
    /// none.
    /// </summary>
    public static ProblemException Translate(ProblemException problem, IetfRequest request)
    {
        if (problem.Kind == ProblemKind.OffsetMismatch)
            return As(ProblemKind.MismatchingUploadOffset, problem)
                .With("expected-offset", problem.Members["expectedOffset"]).With("provided-offset", request.Offset);
        if (problem.Kind == ProblemKind.LengthChanged || problem.Kind == ProblemKind.BodyTooLong)
            return As(ProblemKind.InconsistentUploadLength, problem);
        return problem;
    }

    /// <summary>
    /// Whether the problem ends the upload, because the server refuses the file itself. The client
    /// must not resume the upload.
    /// </summary>
    public static bool EndsUpload(ProblemException problem) =>
        problem.Kind == ProblemKind.HashMismatch || problem.Kind == ProblemKind.BadFormat;

    private static ProblemException As(ProblemKind kind, ProblemException problem)
    {
        var same = new ProblemException(kind, problem.Message);
        foreach (var (name, value) in problem.Headers)
            same.WithHeader(name, value);
        return same;
    }
}
