namespace OrleansIngest.Gateway.Protocols;

/// <summary>The headers of uploads that more than one protocol uses.</summary>
internal static class UploadHeaders
{
    /// <summary>How many bytes of the upload are here.</summary>
    public const string Offset = "Upload-Offset";

    /// <summary>How many bytes the upload has in all.</summary>
    public const string Length = "Upload-Length";

    /// <summary>Our own: proof that the server has the media.</summary>
    public const string Receipt = "Upload-Receipt";

    /// <summary>tus: the largest upload that the server takes.</summary>
    public const string TusMaxSize = "Tus-Max-Size";

    /// <summary>IETF: the limits of an upload.</summary>
    public const string Limit = "Upload-Limit";

    /// <summary>IETF: the media type of a part of an upload.</summary>
    public const string PartialUpload = "application/partial-upload";

    /// <summary>The value of <see cref="Limit"/> that every upload has.</summary>
    public static string MaxSize(long bytes) => $"max-size={bytes}";
}
