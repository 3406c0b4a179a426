namespace OrleansIngest.Storage;

/// <summary>Which failures acknowledged data survives. It applies to events and to bytes.</summary>
public enum Durability
{
    /// <summary>
    /// A power cut: the server acknowledges data after it is synced to the disk. The default.
    /// </summary>
    Disk,

    /// <summary>
    /// A crash of the process (also <c>kill -9</c>), but not of the machine: the server does not
    /// wait for the disk.
    /// </summary>
    Process,
}
