using OrleansIngest.Gateway.Protocols.Ietf.Interim;
using OrleansIngest.Uploads;

namespace OrleansIngest.Gateway.Protocols.Ietf;

/// <summary>What a client is told while it sends: where its upload lives, so that it can go on after a cut, and how much of it is safe.</summary>
internal sealed class Announcements(InterimResponses interim, IetfAnswers answers, TimeProvider time)
{
    /// <summary>A client hears of its progress at most so often.</summary>
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    /// <summary>Whether a client can hear of its upload before it has sent all of it.</summary>
    public async ValueTask<bool> CanTell(HttpContext context, IetfVersion version) =>
        version.IsKnown && await interim.CanSend(context);

    /// <summary>The upload is there, for good: the client may know of it, now and in the answer, whatever that will be.</summary>
    public ValueTask Created(HttpContext context, IetfVersion version, UploadStatus status)
    {
        var location = UploadAnswers.Location(context.Request, status);
        context.Response.Headers.Location = location;
        var headers = Headers(version, new("Location", location));
        if (version.HasLimit)
            headers.Add(new(IetfHeaders.Limit, answers.Limit(version, status)));
        return version.IsKnown ? interim.Send(context, headers) : ValueTask.CompletedTask;
    }

    /// <summary>What is to look again and again how many bytes are safe; null if nobody wants to know.</summary>
    public Func<OpenUpload, ValueTask>? Progress(HttpContext context, IetfVersion version)
    {
        if (!version.IsKnown || !version.HasProgress)
            return null;
        var (told, at) = (0L, time.GetTimestamp());
        return upload =>
        {
            if (upload.SafeOffset == told || time.GetElapsedTime(at) < s_interval)
                return ValueTask.CompletedTask;
            (told, at) = (upload.Tell(), time.GetTimestamp());
            return interim.Send(context, Headers(version, new(UploadHeaders.Offset, told.ToString())));
        };
    }

    private static List<KeyValuePair<string, string>> Headers(IetfVersion version, KeyValuePair<string, string> first) =>
        version.Name is { } name ? [first, new(IetfHeaders.InteropVersion, name)] : [first];
}
