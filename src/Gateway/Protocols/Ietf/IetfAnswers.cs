using OrleansIngest.Gateway.Protocols.Fields;
using OrleansIngest.Silo;
using OrleansIngest.Uploads;

namespace OrleansIngest.Gateway.Protocols.Ietf;

/// <summary>What this protocol's answers say of an upload.</summary>
internal sealed class IetfAnswers(UploadAnswers answers, UploadExpiry expiry, IngestOptions options)
{
    /// <summary>Until an answer says otherwise, it is not the end of the upload: so errors are not either.</summary>
    public static void Begin(IHeaderDictionary headers, IetfVersion version)
    {
        headers[IetfHeaders.InteropVersion] = version.Name;
        TellWhetherComplete(headers, version, isComplete: false);
    }

    /// <summary>The upload, or what became of it, is there.</summary>
    public Task Created(HttpContext context, IetfVersion version, UploadStatus status)
    {
        TellState(context.Response.Headers, version, status);
        return answers.Created(context, status);
    }

    /// <summary>How far the upload is, and its limits.</summary>
    public Task Tell(HttpContext context, IetfVersion version, UploadStatus status)
    {
        TellState(context.Response.Headers, version, status);
        return answers.Tell(context, status);
    }

    /// <summary>What the server takes, and how long the upload lives if no more of it comes.</summary>
    public string Limit(IetfVersion version, UploadStatus status)
    {
        var size = UploadHeaders.MaxSize(options.MaxUploadSize.Bytes);
        return expiry.Left(status) is { } left
            ? $"{size}, {version.AgeLimit}={(long)left.TotalSeconds}"
            : size;
    }

    /// <summary>Whether the upload ends with this answer.</summary>
    public static void TellWhetherComplete(IHeaderDictionary headers, IetfVersion version, bool isComplete)
    {
        var (name, value) = version.IsInverted ? (IetfHeaders.Incomplete, !isComplete) : (IetfHeaders.Complete, isComplete);
        headers[name] = StructuredField.Of(value);
    }

    private void TellState(IHeaderDictionary headers, IetfVersion version, UploadStatus status)
    {
        TellWhetherComplete(headers, version, status.IsComplete);
        if (version.HasLimit)
            headers[IetfHeaders.Limit] = Limit(version, status);
    }
}
