using System.Text.Json.Serialization;

namespace OrleansIngest.Gateway.Maintenance;

/// <summary>What a sweep did.</summary>
internal sealed record SweepReport
{
    /// <summary>When it began, in running time.</summary>
    [JsonIgnore]
    public TimeSpan Began { get; init; }

    /// <summary>Uploads that were ended because no byte came for too long.</summary>
    public int Expired { get; set; }

    /// <summary>Unfinished bytes that no upload named, and that were freed.</summary>
    public SweptBytes Unfinished { get; } = new();

    /// <summary>Finished bytes that no media named, and that were freed.</summary>
    public SweptBytes Orphaned { get; } = new();

    /// <summary>Bytes that nobody named, and that are left alone until their grace time is over.</summary>
    public SweptBytes Waiting { get; } = new();

    /// <summary>What could not be done; the log says why. The next sweep tries again.</summary>
    public int Failures { get; set; }

    /// <summary>Whether there was nothing to do.</summary>
    public bool IsEmpty => Expired + Unfinished.Blobs + Orphaned.Blobs + Waiting.Blobs + Failures == 0;
}

/// <summary>Blobs, and how many bytes they hold.</summary>
internal sealed class SweptBytes
{
    public int Blobs { get; private set; }

    public long Bytes { get; private set; }

    public void Add(long bytes)
    {
        Blobs++;
        Bytes += bytes;
    }

    public override string ToString() => $"{Blobs} ({Bytes} bytes)";
}
