using System.Text.Json.Serialization;

namespace OrleansIngest.Gateway.Maintenance;

/// <summary>The result of a sweep.</summary>
internal sealed record SweepReport
{
    /// <summary>When the sweep began, in running time.</summary>
    [JsonIgnore]
    public TimeSpan Began { get; init; }

    /// <summary>The number of uploads that the sweep ended because they had expired.</summary>
    public int Expired { get; set; }

    /// <summary>Freed blobs of unfinished uploads that the journal did not name.</summary>
    public SweptBytes Unfinished { get; } = new();

    /// <summary>Freed blobs that were finished and that no media named.</summary>
    public SweptBytes Orphaned { get; } = new();

    /// <summary>Blobs that the journal does not name but whose grace time is not over.</summary>
    public SweptBytes Waiting { get; } = new();

    /// <summary>
    /// The number of failures. The log has each of them, and the next sweep tries again.
    /// </summary>
    public int Failures { get; set; }

    /// <summary>Whether the sweep found nothing to do.</summary>
    public bool IsEmpty => Expired + Unfinished.Blobs + Orphaned.Blobs + Waiting.Blobs + Failures == 0;
}

/// <summary>A number of blobs and the bytes that they hold.</summary>
internal sealed class SweptBytes
{
    /// <summary>The number of blobs.</summary>
    public int Blobs { get; private set; }

    /// <summary>The number of bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Adds one blob.</summary>
    public void Add(long bytes)
    {
        Blobs++;
        Bytes += bytes;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Blobs} ({Bytes} bytes)";
}
