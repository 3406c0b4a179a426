using OrleansIngest.Grains.Ports;
using OrleansIngest.Uploads.Blobs;
using OrleansIngest.Uploads.Formats;

namespace OrleansIngest.Uploads;

/// <summary>What every upload works with: the ports, the grains and the limits.</summary>
public sealed class UploadContext(
    IUploads rows, IUploadNodes nodes, IMediaStore store, JobClient jobs, UploadExpiry expiry, UploadOptions options)
{
    /// <summary>The rows of open uploads.</summary>
    public IUploads Rows => rows;

    /// <summary>The nodes that have uploads, this one among them.</summary>
    public IUploadNodes Nodes => nodes;

    /// <summary>Where bytes are kept.</summary>
    public IMediaStore Store => store;

    /// <summary>The grains of jobs and devices.</summary>
    public JobClient Jobs => jobs;

    /// <summary>Frees blobs that nobody needs.</summary>
    public BlobReclaimer Reclaimer => jobs.Reclaimer;

    /// <summary>When uploads expire.</summary>
    public UploadExpiry Expiry => expiry;

    /// <summary>The limits.</summary>
    public UploadOptions Options => options;

    /// <summary>The clock.</summary>
    public TimeProvider Time => expiry.Time;

    /// <summary>The bodies that are being received.</summary>
    public ActiveBodies Bodies { get; } = new(options.BodySilence, expiry.Time);

    /// <summary>Which formats jobs take.</summary>
    public FormatRules Formats { get; } = new(options.JpegOnlyJobs, store);

    /// <summary>An upload is larger than the server takes.</summary>
    internal UploadRefusal TooLarge => new(RefusalReason.TooLarge) { Most = options.MaxSize };

    /// <summary>A body is longer than its upload, or the server, has room for.</summary>
    internal UploadRefusal TooLong(long? length) =>
        length is null ? TooLarge : new UploadRefusal(RefusalReason.BodyTooLong) { Length = length };
}
