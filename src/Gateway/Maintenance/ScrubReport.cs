namespace OrleansIngest.Gateway.Maintenance;

/// <summary>What a scrub found.</summary>
internal sealed record ScrubReport
{
    /// <summary>Files that were read.</summary>
    public int Checked { get; set; }

    /// <summary>How many bytes they should have.</summary>
    public long Bytes { get; set; }

    /// <summary>Files that were known to be damaged, and still are.</summary>
    public int KnownDamaged { get; set; }

    /// <summary>Media that are damaged since this scrub.</summary>
    public List<ScrubFinding> Damaged { get; } = [];

    /// <summary>Media that were damaged, and are safe again since this scrub.</summary>
    public List<ScrubFinding> Repaired { get; } = [];
}

/// <summary>A media of which something was found.</summary>
internal sealed record ScrubFinding(string Job, Guid Media, string Message);
