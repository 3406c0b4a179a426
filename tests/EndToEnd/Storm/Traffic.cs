namespace OrleansIngest.EndToEnd.Storm;

/// <summary>Counters of the network.</summary>
internal sealed class Traffic
{
    private int _connections;
    private int _refused;
    private int _broken;
    private long _bytes;

    /// <summary>The number of connections that the network broke.</summary>
    public int Breaks => Volatile.Read(ref _broken);

    public void Connected() => Interlocked.Increment(ref _connections);

    /// <summary>Counts a connection that was refused because the server was down.</summary>
    public void Refused() => Interlocked.Increment(ref _refused);

    public void Broken() => Interlocked.Increment(ref _broken);

    public void Passed(int bytes) => Interlocked.Add(ref _bytes, bytes);

    public override string ToString() =>
        $"{_connections} connections ({_broken} broken by the network, {_refused} more refused), "
            + $"{_bytes / 1e6:0} MB through them";
}
