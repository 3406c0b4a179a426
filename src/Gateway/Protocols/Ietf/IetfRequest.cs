using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Protocols.Fields;

namespace OrleansIngest.Gateway.Protocols.Ietf;

/// <summary>The headers of a request of the IETF protocol.</summary>
internal sealed class IetfRequest
{
    private IetfRequest(HttpRequest request)
    {
        var headers = request.Headers;
        Version = IetfVersion.Of(headers);
        Completes = StructuredField.Boolean(headers[IetfHeaders.Complete])
            ?? !StructuredField.Boolean(headers[IetfHeaders.Incomplete]);
        Offset = StructuredField.Integer(headers[UploadHeaders.Offset]);
        Length = StructuredField.Integer(headers[UploadHeaders.Length]);
        ContentLength = UploadRequests.ContentLength(request);
    }

    /// <summary>The version of the protocol.</summary>
    public IetfVersion Version { get; }

    /// <summary>
    /// Whether the upload ends with the body of this request: <c>Upload-Complete</c>, or the
    /// inverse of <c>Upload-Incomplete</c>. Null if both are missing or malformed.
    /// </summary>
    public bool? Completes { get; }

    /// <summary>
    /// The offset at which the body begins: <c>Upload-Offset</c>. Null if it is missing or
    /// malformed.
    /// </summary>
    public long? Offset { get; }

    /// <summary>
    /// The length of the upload in bytes: <c>Upload-Length</c>. Null if it is missing or malformed.
    /// </summary>
    public long? Length { get; }

    /// <summary>
    /// The length of the body in bytes; null if it is known only when the body ends.
    /// </summary>
    public long? ContentLength { get; }

    /// <summary>Whether the request has a header that describes the state of an upload.</summary>
    public bool HasState => (Completes, Offset, Length) is not (null, null, null);

    /// <summary>Reads the headers of a request.</summary>
    public static IetfRequest Read(HttpRequest request) => new(request);

    /// <summary>
    /// The length of the upload in bytes, from <c>Upload-Length</c> or from the end of the last
    /// body; null if it is not known.
    /// </summary>
    /// <param name="offset">The offset at which the body begins.</param>
    /// <param name="isLast">Whether the upload ends with the body.</param>
    /// <exception cref="ProblemException"><c>Upload-Length</c> contradicts the body.</exception>
    public long? TotalLength(long offset, bool isLast)
    {
        var end = offset + ContentLength;
        if (end > Length || (isLast && end < Length))
            throw UploadProblems.Inconsistent(Length, end);
        return Length ?? (isLast ? end : null);
    }
}
