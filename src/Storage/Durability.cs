namespace OrleansIngest.Storage;

/// <summary>What something that was acknowledged survives. The same for events and for bytes.</summary>
public enum Durability
{
    /// <summary>A power cut: nothing is acknowledged before the disk has it. The default.</summary>
    Disk,

    /// <summary>The end of the process, kill -9 included, but not of the machine: nothing waits for the disk.</summary>
    Process,
}
