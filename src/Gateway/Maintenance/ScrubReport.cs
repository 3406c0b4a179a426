namespace OrleansIngest.Gateway.Maintenance;

/// <summary>The result of a scrub.</summary>
internal sealed record ScrubReport
{
    /// <summary>The number of files that were read.</summary>
    public int Checked { get; set; }

    /// <summary>The recorded length of these files, in bytes.</summary>
    public long Bytes { get; set; }

    /// <summary>The number of files that were known to be damaged and still are.</summary>
    public int KnownDamaged { get; set; }

    /// <summary>Media that this scrub found to be damaged.</summary>
    public List<ScrubFinding> Damaged { get; } = [];

    /// <summary>
    /// Media that were damaged and whose bytes this scrub found to be right again.
    /// </summary>
    public List<ScrubFinding> Repaired { get; } = [];
}

/// <summary>What a scrub found about a media.</summary>
internal sealed record ScrubFinding(string Job, Guid Media, string Message);
