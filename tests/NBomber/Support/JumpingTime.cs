namespace NBomberStandIn.Tests.Support;

/// <summary>
/// A clock that stands still and then shows a second later, as if the
/// machine had stopped meanwhile.
/// </summary>
internal sealed class JumpingTime : TimeProvider
{
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _now);

    public void Jump() => Volatile.Write(ref _now, TimeSpan.TicksPerSecond);
}
