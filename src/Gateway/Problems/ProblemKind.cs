namespace OrleansIngest.Gateway.Problems;

/// <summary>
/// A kind of problem: a code, a status and a title. The fields of this type are the only table of
/// errors, and docs/errors.md explains each of them. A <see cref="ProblemException"/> adds the
/// details of a single case.
/// </summary>
/// <param name="Code">
/// A stable code, on which clients may rely. The <c>type</c> of the problem ends with it, and gRPC
/// carries it too.
/// </param>
/// <param name="Status">The HTTP status code.</param>
/// <param name="Title">A summary for people (RFC 9457, section 3.1.3).</param>
internal sealed record ProblemKind(string Code, int Status, string Title)
{
    private const string Iana = "https://iana.org/assignments/http-problem-types#";

    // The request is wrong.
    public static readonly ProblemKind InvalidKey = new("invalid-key", 400, "Not a valid key");
    public static readonly ProblemKind InvalidId = new("invalid-id", 400, "Not a valid id");
    public static readonly ProblemKind InvalidLength = new("invalid-length", 400, "Not a valid Upload-Length");
    public static readonly ProblemKind InvalidOffset = new("invalid-offset", 400, "Not a valid Upload-Offset");
    public static readonly ProblemKind InvalidMetadata = new("invalid-metadata", 400, "Not a valid Upload-Metadata");
    public static readonly ProblemKind InvalidDigest = new("invalid-digest", 400, "Not a valid digest");
    public static readonly ProblemKind InvalidConcat = new("invalid-concat", 400, "Not a valid Upload-Concat");
    public static readonly ProblemKind InvalidArgument = new("invalid-argument", 400, "Not a valid argument");
    public static readonly ProblemKind BadFormat = new("bad-format", 400, "The job does not take such files");
    public static readonly ProblemKind LengthChanged = new("length-changed", 400, "An upload's length cannot change");
    public static readonly ProblemKind InconsistentUploadLength =
        new("inconsistent-upload-length", 400, "Inconsistent Upload Length Values") { Registry = Iana };
    public static readonly ProblemKind CompletedUpload =
        new("completed-upload", 400, "The upload is complete already") { Registry = Iana };
    public static readonly ProblemKind MalformedRequest = new("malformed-request", 400, "The request is malformed");
    public static readonly ProblemKind UnsupportedVersion =
        new("unsupported-version", 412, "This version of tus is not spoken here");
    public static readonly ProblemKind UploadTooLarge =
        new("upload-too-large", 413, "The upload is larger than this server takes");
    public static readonly ProblemKind JobFull = new("job-full", 413, "The job takes no more");
    public static readonly ProblemKind BodyTooLong =
        new("body-too-long", 413, "More bytes than the upload has room for");
    public static readonly ProblemKind MessageTooLarge = new("message-too-large", 413, "The message is too large");
    public static readonly ProblemKind WrongContentType =
        new("wrong-content-type", 415, "Bytes of an upload need another Content-Type");
    public static readonly ProblemKind MetadataTooLong = new("metadata-too-long", 431, "Upload-Metadata is too long");
    public static readonly ProblemKind HeadTooLong = new("head-too-long", 431, "The request's head is too long");
    public static readonly ProblemKind ForbiddenHost =
        new("forbidden-host", 421, "This server does not answer to that name");
    public static readonly ProblemKind ForbiddenOrigin = new("forbidden-origin", 403, "Not from this web page");
    public static readonly ProblemKind FinalUpload = new("final-upload", 403, "A final upload takes no bytes");
    public static readonly ProblemKind MethodNotAllowed = new("method-not-allowed", 405, "Not possible here");

    // The requested resource does not exist, or no longer exists.
    public static readonly ProblemKind NotFound = new("not-found", 404, "There is nothing here");
    public static readonly ProblemKind UploadNotFound = new("upload-not-found", 404, "No such upload");
    public static readonly ProblemKind MediaNotFound = new("media-not-found", 404, "No such media");
    public static readonly ProblemKind MediaNotStored = new("media-not-stored", 404, "The media has not arrived yet");
    public static readonly ProblemKind MediaDamaged = new("media-damaged", 404, "The media's bytes are damaged");
    public static readonly ProblemKind JobNotFound = new("job-not-found", 404, "No such job");
    public static readonly ProblemKind DeviceNotFound = new("device-not-found", 404, "No such device");
    public static readonly ProblemKind UploadEnded = new("upload-ended", 410, "The upload has ended; create it again");
    public static readonly ProblemKind UploadExpired =
        new("upload-expired", 410, "The upload has expired; create it again");
    public static readonly ProblemKind MediaDeleted = new("media-deleted", 410, "The media was deleted for good");

    // The request conflicts with the state of the resource, or exceeds a limit.
    public static readonly ProblemKind OffsetMismatch = new("offset-mismatch", 409, "The upload is at another offset");
    public static readonly ProblemKind MismatchingUploadOffset =
        new("mismatching-upload-offset", 409, "Mismatching Upload Offset") { Registry = Iana };
    public static readonly ProblemKind PreconditionFailed = new("precondition-failed", 412, "The media is another one");
    public static readonly ProblemKind RangeNotSatisfiable =
        new("range-not-satisfiable", 416, "The media has no such part");
    public static readonly ProblemKind DifferentUpload =
        new("different-upload", 422, "The id is taken by another upload");
    public static readonly ProblemKind HashMismatch =
        new("hash-mismatch", 422, "The file does not have the promised hash");
    public static readonly ProblemKind ChecksumMismatch =
        new("checksum-mismatch", 460, "The body does not have the promised checksum");
    public static readonly ProblemKind DigestMismatch =
        new("digest-mismatching-values", 400, "Mismatching Digest Values") { Registry = Iana };
    public static readonly ProblemKind TooManyOpenUploads =
        new("too-many-open-uploads", 429, "The device has too many open uploads");
    public static readonly ProblemKind UploadLocked = new("upload-locked", 423, "Another request holds this upload");
    public static readonly ProblemKind TooManyRequests =
        new("too-many-requests", 429, "Too many requests from one address");

    // The server failed, or cannot handle the request now.
    public static readonly ProblemKind Internal = new("internal", 500, "The server made a mistake");
    public static readonly ProblemKind Unavailable = new("unavailable", 503, "Try again in a moment");
    public static readonly ProblemKind Starting = new("starting", 503, "The server is starting");
    public static readonly ProblemKind ShuttingDown = new("shutting-down", 503, "The server is being restarted");
    public static readonly ProblemKind TooManyConnections =
        new("too-many-connections", 503, "The server is busy with others");
    public static readonly ProblemKind StorageFailed = new("storage-failed", 503, "The server's storage fails");
    public static readonly ProblemKind OutOfSpace = new("out-of-space", 507, "The server has no room left");

    /// <summary>The <c>type</c> of the problem (RFC 9457, section 3.1.1).</summary>
    public string Type => $"{Registry}{Code}";

    /// <summary>
    /// The prefix of <see cref="Type"/>. By default the code is defined by this server, otherwise
    /// by the IANA registry of HTTP problem types.
    /// </summary>
    private string Registry { get; init; } = "urn:orleansingest:problem:";
}
