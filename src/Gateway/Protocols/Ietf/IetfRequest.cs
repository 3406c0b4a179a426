using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Protocols.Fields;

namespace OrleansIngest.Gateway.Protocols.Ietf;

/// <summary>What a request says in this protocol's headers.</summary>
internal sealed class IetfRequest
{
    private IetfRequest(HttpRequest request)
    {
        var headers = request.Headers;
        Version = IetfVersion.Of(headers);
        Completes = StructuredField.Boolean(headers[IetfHeaders.Complete]) ?? !StructuredField.Boolean(headers[IetfHeaders.Incomplete]);
        Offset = StructuredField.Integer(headers[UploadHeaders.Offset]);
        Length = StructuredField.Integer(headers[UploadHeaders.Length]);
        ContentLength = UploadRequests.ContentLength(request);
    }

    /// <summary>The protocol's form that it speaks.</summary>
    public IetfVersion Version { get; }

    /// <summary>Whether the upload is complete with its body; null if it does not say.</summary>
    public bool? Completes { get; }

    /// <summary>Where its body goes, if it says.</summary>
    public long? Offset { get; }

    /// <summary>Bytes of the upload in all, if it says.</summary>
    public long? Length { get; }

    /// <summary>Bytes of its body; null if that shows when it ends.</summary>
    public long? ContentLength { get; }

    /// <summary>Whether it says anything of an upload's state.</summary>
    public bool HasState => (Completes, Offset, Length) is not (null, null, null);

    public static IetfRequest Read(HttpRequest request) => new(request);

    /// <summary>Bytes of the upload in all, as it says or as follows from a last body that begins at an offset; null if neither.</summary>
    /// <exception cref="ProblemException">It says two different things.</exception>
    public long? TotalLength(long offset, bool isLast)
    {
        var end = offset + ContentLength;
        if (end > Length || (isLast && end < Length))
            throw UploadProblems.Inconsistent(Length, end);
        return Length ?? (isLast ? end : null);
    }
}
