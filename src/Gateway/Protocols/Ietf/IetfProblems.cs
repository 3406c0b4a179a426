using OrleansIngest.Gateway.Problems;

namespace OrleansIngest.Gateway.Protocols.Ietf;

/// <summary>Problems that this protocol has its own words for (RFC 9457 types of its own, registered with IANA).</summary>
internal static class IetfProblems
{
    /// <summary>The same problem in this protocol's words.</summary>
    public static ProblemException Translate(ProblemException problem, IetfRequest request)
    {
        if (problem.Kind == ProblemKind.OffsetMismatch)
            return As(ProblemKind.MismatchingUploadOffset, problem)
                .With("expected-offset", problem.Members["expectedOffset"]).With("provided-offset", request.Offset);
        if (problem.Kind == ProblemKind.LengthChanged || problem.Kind == ProblemKind.BodyTooLong)
            return As(ProblemKind.InconsistentUploadLength, problem);
        return problem;
    }

    /// <summary>Whether it is what came that is refused, not how: there is nothing to resume.</summary>
    public static bool EndsUpload(ProblemException problem) => problem.Kind == ProblemKind.HashMismatch || problem.Kind == ProblemKind.BadFormat;

    private static ProblemException As(ProblemKind kind, ProblemException problem)
    {
        var same = new ProblemException(kind, problem.Message);
        foreach (var (name, value) in problem.Headers)
            same.WithHeader(name, value);
        return same;
    }
}
