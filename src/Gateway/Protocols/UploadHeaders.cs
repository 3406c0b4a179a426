namespace OrleansIngest.Gateway.Protocols;

/// <summary>The names of headers that more than one protocol, or a shared class, uses.</summary>
internal static class UploadHeaders
{
    /// <summary>The number of bytes of the upload that the server has (tus and IETF).</summary>
    public const string Offset = "Upload-Offset";

    /// <summary>The length of the upload in bytes (tus and IETF).</summary>
    public const string Length = "Upload-Length";

    /// <summary>
    /// The signed receipt of a complete upload: a header of this server (docs/receipts.md).
    /// </summary>
    public const string Receipt = "Upload-Receipt";

    /// <summary>The maximum length of an upload in bytes (tus).</summary>
    public const string TusMaxSize = "Tus-Max-Size";

    /// <summary>The limits of an upload (IETF).</summary>
    public const string Limit = "Upload-Limit";

    /// <summary>The media type of a body that is appended to an upload (IETF).</summary>
    public const string PartialUpload = "application/partial-upload";

    /// <summary>The member of <see cref="Limit"/> with the maximum length of an upload.</summary>
    public static string MaxSize(long bytes) => $"max-size={bytes}";
}
