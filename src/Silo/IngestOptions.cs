using OrleansIngest.Storage;

namespace OrleansIngest.Silo;

/// <summary>
/// The server's configuration, section <c>Ingest</c>: from the command line (<c>--Ingest:DataDir=…</c>), the environment
/// (<c>Ingest__DataDir</c>) or <c>appsettings.json</c>. docs/operations.md lists all of it.
/// </summary>
public sealed record IngestOptions
{
    /// <summary>Name of the configuration's section.</summary>
    public const string Section = "Ingest";

    /// <summary>Where everything is kept.</summary>
    public string DataDir { get; init; } = "data";

    /// <summary>Address for HTTP/1.1: uploads, downloads, server-sent events, gRPC-Web.</summary>
    public string Http { get; init; } = "http://127.0.0.1:5080";

    /// <summary>Address for cleartext HTTP/2: gRPC. Every route is on both.</summary>
    public string Grpc { get; init; } = "http://127.0.0.1:5081";

    /// <summary>What an acknowledged byte survives.</summary>
    public Durability Durability { get; init; } = Durability.Disk;

    /// <summary>Whether the IETF protocol's uploads are told of by 104s while they come.</summary>
    public InterimMode Interim { get; init; } = InterimMode.Auto;

    /// <summary>
    /// Proxies whose <c>X-Forwarded-For</c>, <c>-Proto</c>, <c>-Host</c> and <c>-Prefix</c> are believed: addresses and
    /// networks (<c>127.0.0.1, 10.0.3.0/24</c>), separated by commas. Empty: nobody's.
    /// </summary>
    public string TrustedProxies { get; init; } = "";

    /// <summary>The path below which a proxy offers the server, such as <c>/ingest</c>; empty if it is none.</summary>
    public string PathBase { get; init; } = "";

    /// <summary>Largest upload: bytes, or with a unit (<c>500MB</c>, <c>100GiB</c>).</summary>
    public ByteSize MaxUploadSize { get; init; } = new("100GiB");

    /// <summary>Longest tus <c>Upload-Metadata</c>: bytes, or with a unit; <c>16KiB</c> at most.</summary>
    public ByteSize MaxMetadata { get; init; } = new("8KiB");

    /// <summary>How many media a job takes; 0 for any number.</summary>
    public long MaxJobMedia { get; init; }

    /// <summary>How many bytes a job takes: bytes, or with a unit; <c>0</c> for any number.</summary>
    public ByteSize MaxJobSize { get; init; } = new("0");

    /// <summary>How many uploads of a device may be open at once, in all jobs together; 0 for any number.</summary>
    public int MaxOpenUploads { get; init; }

    /// <summary>
    /// Jobs that take only JPEGs with EXIF or XMP metadata: their keys, separated by commas; a key that ends with <c>*</c> is the
    /// beginning of many, and <c>*</c> alone of all.
    /// </summary>
    public string JpegOnlyJobs { get; init; } = "";

    /// <summary>Free space of the data folder's disk that uploads may not touch, so that deletions and events still commit; <c>0</c> for none.</summary>
    public ByteSize DiskReserve { get; init; } = new("256MiB");

    /// <summary>How large a file grows that small photos share, before the next one is begun.</summary>
    public ByteSize SegmentSize { get; init; } = new("256MiB");

    /// <summary>How many requests a second one address may send; 0 for any number.</summary>
    public int MaxRequestsPerSecond { get; init; }

    /// <summary>How many connections are served at once, on both addresses together.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>Serve others than this machine although nobody has to show a token.</summary>
    public bool Open { get; init; }

    /// <summary>
    /// Origins of web pages that may use the server, also with credentials, separated by commas; or <c>*</c> alone for
    /// any, without credentials.
    /// </summary>
    public string CorsOrigins { get; init; } = "";

    /// <summary>Host names that requests may name, separated by commas; <c>*</c> for any. Addresses it listens on are always allowed.</summary>
    public string AllowedHosts { get; init; } = "";

    /// <summary>How long an upload lives without a byte.</summary>
    public TimeSpan UploadExpiry { get; init; } = TimeSpan.FromDays(14);

    /// <summary>How long a request's body may be silent before the request is ended.</summary>
    public TimeSpan BodySilence { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a grain stays active without a call.</summary>
    public TimeSpan GrainIdle { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How often the media store is swept.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long unfinished bytes lie in the store that no upload names before a sweep frees them.</summary>
    public TimeSpan SweepGrace { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long finished bytes lie in the store that no media names before a sweep frees them.</summary>
    public TimeSpan OrphanGrace { get; init; } = TimeSpan.FromDays(14);

    /// <summary>How much of the store is read again in a second, to find damage: bytes, or with a unit; <c>0</c> for none.</summary>
    public ByteSize ScrubRate { get; init; } = new("4MiB");

    /// <summary>How long the server rests before a pass over the store, and between two.</summary>
    public TimeSpan ScrubInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Where metrics and spans go: the URL of an OpenTelemetry collector. Empty: nowhere, and nothing is measured.</summary>
    public string OtlpEndpoint { get; init; } = "";
}
