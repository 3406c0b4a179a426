namespace Orleans.Runtime;

/// <summary>Something that an activation's mailbox holds until it may run: a call from somewhere, or a timer's tick.</summary>
internal abstract class Request
{
    /// <summary>Whether it runs while others are in an await.</summary>
    public required bool Interleaves { get; init; }

    /// <summary>Whether it counts as use of the grain.</summary>
    public bool KeepsAlive { get; init; } = true;

    /// <summary>Whether it goes to the next activation if this one ends first.</summary>
    public bool MovesOn { get; init; } = true;

    /// <summary>When the caller stops waiting, as a timestamp of the silo's clock.</summary>
    public long Deadline { get; init; } = long.MaxValue;

    /// <summary>Whether nobody waits for it any more.</summary>
    public abstract bool IsAnswered { get; }

    /// <summary>Runs it, in a turn of the activation.</summary>
    public abstract Task RunAsync(Activation activation);

    /// <summary>Passes on how it ended.</summary>
    public abstract void Answer(Task outcome);

    /// <summary>Passes on that it did not run, or that nobody knows how it ends.</summary>
    public abstract void Refuse(Exception reason);
}
