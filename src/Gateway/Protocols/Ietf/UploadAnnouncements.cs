using OrleansIngest.Gateway.Protocols.Ietf.Interim;
using OrleansIngest.Uploads;

namespace OrleansIngest.Gateway.Protocols.Ietf;

/// <summary>
/// Sends 104 (Upload Resumption Supported) while a client sends a body: the URL of the upload, so
/// that the client can resume after its connection breaks, and the number of bytes that are safe.
/// </summary>
internal sealed class UploadAnnouncements(InterimResponses interim, IetfAnswers answers, TimeProvider time)
{
    /// <summary>The minimum time between two 104s with the progress of one request.</summary>
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    /// <summary>Whether a 104 can be sent to the client.</summary>
    public async ValueTask<bool> CanSend(HttpContext context, IetfVersion version) =>
        version.IsKnown && await interim.CanSend(context);

    /// <summary>
    /// Announces the URL of an upload in a 104, and in the final response even if that is an error.
    /// The caller calls this only after the upload is recorded durably.
    /// </summary>
    public ValueTask Created(HttpContext context, IetfVersion version, UploadStatus status)
    {
        var location = UploadAnswers.Location(context.Request, status);
        context.Response.Headers.Location = location;
        var headers = Headers(version, new("Location", location));
        if (version.HasLimit)
            headers.Add(new(IetfHeaders.Limit, answers.Limit(version, status)));
        return version.IsKnown ? interim.Send(context, headers) : ValueTask.CompletedTask;
    }

    /// <summary>
    /// The callback for <see cref="UploadBody.Progress"/>, which sends a 104 when more bytes are
    /// safe; null if the version has no such 104.
    /// </summary>
    public Func<OpenUpload, ValueTask>? Progress(HttpContext context, IetfVersion version)
    {
        if (!version.IsKnown || !version.HasProgress)
            return null;
        var (sentOffset, sentAt) = (0L, time.GetTimestamp());
        return upload =>
        {
            if (upload.SafeOffset == sentOffset || time.GetElapsedTime(sentAt) < s_interval)
                return ValueTask.CompletedTask;
            (sentOffset, sentAt) = (upload.Tell(), time.GetTimestamp());
            return interim.Send(context, Headers(version, new(UploadHeaders.Offset, sentOffset.ToString())));
        };
    }

    private static List<KeyValuePair<string, string>> Headers(
        IetfVersion version, KeyValuePair<string, string> first) =>
        version.Name is { } name ? [first, new(IetfHeaders.InteropVersion, name)] : [first];
}
