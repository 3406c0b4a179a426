using OrleansIngest.Storage;

namespace OrleansIngest.Silo;

/// <summary>
/// The configuration of the server: the section <c>Ingest</c> of the command line
/// (<c>--Ingest:DataDir=…</c>), the environment (<c>Ingest__DataDir</c>) or
/// <c>appsettings.json</c>. docs/operations.md describes all options.
/// </summary>
public sealed record IngestOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string Section = "Ingest";

    /// <summary>
    /// The data folder: databases, media, keys and the control socket. With <see cref="Postgres"/>
    /// it has the control socket alone, and each node has a folder of its own.
    /// </summary>
    public string DataDir { get; init; } = "data";

    /// <summary>
    /// The PostgreSQL database that the nodes of a cluster share, as a connection string of Npgsql.
    /// It may contain a password. Empty: one server, which keeps everything in its data folder.
    /// </summary>
    public string Postgres { get; init; } = "";

    /// <summary>The schema of the database that has the tables.</summary>
    public string PostgresSchema { get; init; } = "ingest";

    /// <summary>The S3 bucket for the bytes; required with <see cref="Postgres"/>.</summary>
    public string S3Bucket { get; init; } = "";

    /// <summary>The URL of the S3 server. Empty: AWS, by <see cref="S3Region"/>.</summary>
    public string S3Endpoint { get; init; } = "";

    /// <summary>The region of the bucket.</summary>
    public string S3Region { get; init; } = "us-east-1";

    /// <summary>The beginning of all keys in the bucket, such as <c>ingest/</c>.</summary>
    public string S3Prefix { get; init; } = "";

    /// <summary>
    /// The access key of S3. Empty: the credentials of the environment, such as a role.
    /// </summary>
    public string S3AccessKey { get; init; } = "";

    /// <summary>The secret key of S3.</summary>
    public string S3SecretKey { get; init; } = "";

    /// <summary>Whether the bucket is in the path of URLs, not in the host name.</summary>
    public bool S3PathStyle { get; init; } = true;

    /// <summary>
    /// The address for HTTP/1.1: uploads, downloads, server-sent events, gRPC-Web.
    /// </summary>
    public string Http { get; init; } = "http://127.0.0.1:5080";

    /// <summary>The address for cleartext HTTP/2: gRPC. Both addresses serve every route.</summary>
    public string Grpc { get; init; } = "http://127.0.0.1:5081";

    /// <summary>Which failures an acknowledged byte or event survives.</summary>
    public Durability Durability { get; init; } = Durability.Disk;

    /// <summary>
    /// Where 104 responses (Upload Resumption Supported) of the IETF protocol are sent.
    /// </summary>
    public InterimMode Interim { get; init; } = InterimMode.Auto;

    /// <summary>
    /// Proxies whose <c>X-Forwarded-For</c>, <c>-Proto</c>, <c>-Host</c> and <c>-Prefix</c> headers
    /// are trusted: addresses and networks, separated by commas (<c>127.0.0.1, 10.0.3.0/24</c>).
    /// Empty: none is trusted.
    /// </summary>
    public string TrustedProxies { get; init; } = "";

    /// <summary>
    /// The path below which a proxy publishes the server, such as <c>/ingest</c>. Empty: the root.
    /// </summary>
    public string PathBase { get; init; } = "";

    /// <summary>
    /// The maximum length of an upload: bytes, or with a unit (<c>500MB</c>, <c>100GiB</c>).
    /// </summary>
    public ByteSize MaxUploadSize { get; init; } = new("100GiB");

    /// <summary>
    /// The maximum length of tus <c>Upload-Metadata</c>: bytes, or with a unit; at most
    /// <c>16KiB</c>.
    /// </summary>
    public ByteSize MaxMetadata { get; init; } = new("8KiB");

    /// <summary>The maximum number of media of a job; 0 for no limit.</summary>
    public long MaxJobMedia { get; init; }

    /// <summary>
    /// The maximum size of all media of a job: bytes, or with a unit; <c>0</c> for no limit.
    /// </summary>
    public ByteSize MaxJobSize { get; init; } = new("0");

    /// <summary>
    /// The maximum number of open uploads of a device, over all jobs; 0 for no limit.
    /// </summary>
    public int MaxOpenUploads { get; init; }

    /// <summary>
    /// The jobs that accept only JPEGs with EXIF or XMP metadata: their keys, separated by commas.
    /// A key that ends with <c>*</c> is a prefix; <c>*</c> alone means all jobs.
    /// </summary>
    public string JpegOnlyJobs { get; init; } = "";

    /// <summary>
    /// The free space on the data folder's disk that uploads must leave, so that deletions and
    /// events can still be committed: bytes, or with a unit; <c>0</c> for none.
    /// </summary>
    public ByteSize DiskReserve { get; init; } = new("256MiB");

    /// <summary>
    /// The size at which a segment, a file that many small photos share, is sealed and a
    /// new one begun.
    /// </summary>
    public ByteSize SegmentSize { get; init; } = new("256MiB");

    /// <summary>
    /// The maximum number of requests per second from one address; 0 for no limit.
    /// </summary>
    public int MaxRequestsPerSecond { get; init; }

    /// <summary>The maximum number of concurrent connections, over both addresses.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>
    /// Allows the server to listen on addresses that other machines can reach, although it
    /// has no authentication.
    /// </summary>
    public bool Open { get; init; }

    /// <summary>
    /// Origins of web pages that may use the server, with credentials, separated by commas.
    /// <c>*</c> alone allows any origin, without credentials.
    /// </summary>
    public string CorsOrigins { get; init; } = "";

    /// <summary>
    /// Allowed host names in requests, separated by commas; <c>*</c> allows any. <c>localhost</c>
    /// and IP addresses are always allowed.
    /// </summary>
    public string AllowedHosts { get; init; } = "";

    /// <summary>How long an upload may receive no byte before it expires.</summary>
    public TimeSpan UploadExpiry { get; init; } = TimeSpan.FromDays(14);

    /// <summary>How long the body of a request may stall before the request is aborted.</summary>
    public TimeSpan BodySilence { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a grain stays active without a call.</summary>
    public TimeSpan GrainIdle { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The interval between two sweeps of the media store.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long unfinished bytes that no upload names stay in the store before a sweep frees them.
    /// </summary>
    public TimeSpan SweepGrace { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long finished bytes that no media names stay in the store before a sweep frees them.
    /// </summary>
    public TimeSpan OrphanGrace { get; init; } = TimeSpan.FromDays(14);

    /// <summary>
    /// How many bytes per second of the store are read again to find damage: bytes, or with a unit;
    /// <c>0</c> turns it off.
    /// </summary>
    public ByteSize ScrubRate { get; init; } = new("4MiB");

    /// <summary>The pause before the first pass over the store, and between two passes.</summary>
    public TimeSpan ScrubInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// The URL of the OpenTelemetry collector for metrics and spans. Empty: nothing is measured.
    /// </summary>
    public string OtlpEndpoint { get; init; } = "";

    /// <summary>
    /// Whether the journal is in PostgreSQL and the bytes are in S3; otherwise, both are in the
    /// data folder.
    /// </summary>
    public bool IsCluster => Postgres.Length > 0;

    /// <summary>Names the section alone, because the options contain secrets.</summary>
    public override string ToString() => Section;
}
