using OrleansIngest.Gateway.Protocols.Fields;
using OrleansIngest.Silo;
using OrleansIngest.Uploads;

namespace OrleansIngest.Gateway.Protocols.Ietf;

/// <summary>Writes the state of an upload to responses of the IETF protocol.</summary>
internal sealed class IetfAnswers(UploadAnswers answers, UploadExpiry expiry, IngestOptions options)
{
    /// <summary>
    /// Writes the headers that every response has. <c>Upload-Complete</c> is false until the
    /// request succeeds, so an error response does not look like the end of the upload.
    /// </summary>
    public static void Begin(IHeaderDictionary headers, IetfVersion version)
    {
        headers[IetfHeaders.InteropVersion] = version.Name;
        TellWhetherComplete(headers, version, isComplete: false);
    }

    /// <summary>Writes 201 with the URL and the state of an upload.</summary>
    public Task Created(HttpContext context, IetfVersion version, UploadStatus status)
    {
        TellState(context.Response.Headers, version, status);
        return answers.Created(context, status);
    }

    /// <summary>Writes the state and the limits of an upload.</summary>
    public Task Tell(HttpContext context, IetfVersion version, UploadStatus status)
    {
        TellState(context.Response.Headers, version, status);
        return answers.Tell(context, status);
    }

    /// <summary>
    /// The value of <c>Upload-Limit</c>: the maximum length of an upload in bytes, and the time in
    /// seconds after which this upload expires if no more bytes arrive.
    /// </summary>
    public string Limit(IetfVersion version, UploadStatus status)
    {
        var size = UploadHeaders.MaxSize(options.MaxUploadSize.Bytes);
        return expiry.Left(status) is { } left
            ? $"{size}, {version.AgeLimit}={(long)left.TotalSeconds}"
            : size;
    }

    /// <summary>
    /// Writes <c>Upload-Complete</c>, or <c>Upload-Incomplete</c> in the version that has it.
    /// </summary>
    public static void TellWhetherComplete(IHeaderDictionary headers, IetfVersion version, bool isComplete)
    {
        var (name, value) = version.IsInverted
            ? (IetfHeaders.Incomplete, !isComplete)
            : (IetfHeaders.Complete, isComplete);
        headers[name] = StructuredField.Of(value);
    }

    private void TellState(IHeaderDictionary headers, IetfVersion version, UploadStatus status)
    {
        TellWhetherComplete(headers, version, status.IsComplete);
        if (version.HasLimit)
            headers[IetfHeaders.Limit] = Limit(version, status);
    }
}
