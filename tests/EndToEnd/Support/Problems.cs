namespace OrleansIngest.EndToEnd.Support;

/// <summary>Types of problems that a standard defines.</summary>
internal static class Problems
{
    public const string MismatchingUploadOffset = Iana + "mismatching-upload-offset";
    public const string InconsistentUploadLength = Iana + "inconsistent-upload-length";
    public const string CompletedUpload = Iana + "completed-upload";
    public const string DigestMismatchingValues = Iana + "digest-mismatching-values";

    private const string Iana = "https://iana.org/assignments/http-problem-types#";

    /// <summary>
    /// The full type of a problem. A problem of this server is given by the last part of its type.
    /// </summary>
    public static string Type(string problem) =>
        problem.StartsWith(Iana, StringComparison.Ordinal) ? problem : $"urn:orleansingest:problem:{problem}";
}
