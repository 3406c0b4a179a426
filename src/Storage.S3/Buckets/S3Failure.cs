using System.Globalization;
using System.Net;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.S3.Buckets;

/// <summary>What an error of a call to S3 means.</summary>
/// <param name="Exception">The exception of the port.</param>
/// <param name="MayPass">Whether the same call may succeed a moment later.</param>
/// <param name="RetryAfter">How long the server asks to wait.</param>
internal sealed record S3Failure(IOException Exception, bool MayPass = false, TimeSpan? RetryAfter = null)
{
    /// <summary>Codes that are no 5xx and say that the same request may succeed later.</summary>
    private static readonly HashSet<string> s_passing = new(StringComparer.Ordinal)
    {
        "SlowDown", "Throttling", "ThrottlingException", "RequestLimitExceeded", "RequestTimeout",
        "OperationAborted", "ConditionalRequestConflict",
    };

    /// <summary>Finds out what an exception means.</summary>
    /// <param name="e">The exception of a call.</param>
    /// <param name="what">What the call does.</param>
    public static S3Failure Of(Exception e, string what) => e switch
    {
        AmazonServiceException answer when answer.StatusCode != default =>
            Of((int)answer.StatusCode, answer.ErrorCode ?? "", what, e) with { RetryAfter = RetryAfterOf(answer) },
        RefusedException answer =>
            Of((int)answer.Status, answer.Code, what, e) with { RetryAfter = answer.RetryAfter },
        AmazonClientException when Inner<FileNotFoundException>(e) is null
            && Inner<HttpRequestException>(e) is null && Inner<IOException>(e) is null =>
            new(new IOException($"S3 cannot be asked to {what}: check the credentials.", e)),
        _ when Inner<FileNotFoundException>(e) is { } missing => new(missing),
        _ when Inner<WrongTagException>(e) is { } wrong => new(wrong, MayPass: true),
        _ => new(
            new StoreUnavailableException($"The S3 server did not answer when asked to {what}.", e), MayPass: true),
    };

    private static S3Failure Of(int status, string code, string what, Exception e) => (status, code) switch
    {
        (_, "NoSuchBucket") => new(new IOException(
            $"The bucket does not exist (S3 was asked to {what}): check its name, the endpoint and the region.", e)),
        (_, "NoSuchUpload") => new(new NoSuchUploadException(e)),
        (_, "InvalidPart") => new(new InvalidPartException(e)),
        (404, _) => new(new FileNotFoundException("The media store has no such bytes.", e)),
        (412, _) => new(new ExistsException(e)),
        ( >= 500 and not 501, _) or (429 or 408, _) => Passing(status, code, what, e),
        _ when s_passing.Contains(code) => Passing(status, code, what, e),
        (401 or 403, _) => new(new IOException(
            $"S3 does not allow to {what} ({status} {code}): check the keys, the clock, and what the bucket's"
            + " policy allows: get, put, list, delete, and multipart uploads.", e)),
        _ => new(new IOException($"S3 refused to {what} ({status} {code}).", e)),
    };

    private static S3Failure Passing(int status, string code, string what, Exception e) =>
        new(new StoreUnavailableException($"S3 could not {what} ({status} {code}).", e), MayPass: true);

    private static T? Inner<T>(Exception e)
        where T : Exception
    {
        for (var at = e; at is not null; at = at.InnerException)
        {
            if (at is T found)
                return found;
        }
        return null;
    }

    private static TimeSpan? RetryAfterOf(AmazonServiceException e) =>
        e.InnerException is HttpErrorResponseException { Response: { } response }
            && int.TryParse(response.GetHeaderValue("Retry-After"), CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;
}

/// <summary>The server refused a request that went to a signed URL.</summary>
internal sealed class RefusedException(HttpStatusCode status, string code, TimeSpan? retryAfter)
    : Exception($"{(int)status} {code}")
{
    public HttpStatusCode Status => status;

    public string Code => code;

    public TimeSpan? RetryAfter => retryAfter;
}

/// <summary>The multipart upload was completed or aborted before, or never existed.</summary>
internal sealed class NoSuchUploadException(Exception inner)
    : IOException("The multipart upload does not exist any more.", inner);

/// <summary>
/// The parts cannot be put together: one was replaced, or (with Ceph) there are others, too.
/// </summary>
internal sealed class InvalidPartException(Exception inner)
    : IOException("The multipart upload has other parts than those that were recorded.", inner);

/// <summary>The object exists, and the request asked for a new one.</summary>
internal sealed class ExistsException(Exception inner) : IOException("The object exists.", inner);

/// <summary>The server has other bytes than were sent.</summary>
internal sealed class WrongTagException() : IOException("The S3 server received other bytes than were sent.");
