namespace OrleansIngest.EndToEnd.Support;

/// <summary>The types of problems that a standard defines.</summary>
internal static class Problems
{
    public const string MismatchingUploadOffset = Iana + "mismatching-upload-offset";
    public const string InconsistentUploadLength = Iana + "inconsistent-upload-length";
    public const string CompletedUpload = Iana + "completed-upload";
    public const string DigestMismatchingValues = Iana + "digest-mismatching-values";

    private const string Iana = "https://iana.org/assignments/http-problem-types#";

    /// <summary>The whole type: our own are known by their last part.</summary>
    public static string Type(string problem) => problem.StartsWith(Iana, StringComparison.Ordinal) ? problem : $"urn:orleansingest:problem:{problem}";
}
