using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using OrleansIngest.LoadTests.Compare.Servers;
using OrleansIngest.LoadTests.Support.Client;

namespace OrleansIngest.LoadTests.Compare.Measuring;

/// <summary>A server that takes its turns.</summary>
internal sealed class Contender(Peer peer, RunningPeer running) : IAsyncDisposable
{
    private const int Deleters = 16;
    private const long MostStored = 1_200_000_000;

    private readonly ConcurrentQueue<string> _stored = new();
    private long _storedBytes;

    public Peer Peer => peer;

    /// <summary>Its turn in a round.</summary>
    /// <exception cref="InvalidOperationException">It did not do what was asked; with what it printed.</exception>
    public RoundFigures Turn(Workload body, int connections, TimeSpan time)
    {
        try
        {
            WriteBack();
            return Upload(new(running, body, connections, time));
        }
        catch (Exception e) when (e is InvalidDataException or SocketException)
        {
            throw new InvalidOperationException($"{peer.Name}: {e.Message}\n{running.Process.Output}", e);
        }
    }

    /// <summary>
    /// Deletes what was uploaded. Not after each round: ext4 does not give a deleted file's inode away again for a minute, and where it has to
    /// look past thousands of them, a new file costs several times as much.
    /// </summary>
    public void Clear()
    {
        using var crowd = new Crowd(running.Address, Deleters);
        crowd.Do(DeleteAll);
        _storedBytes = 0;
    }

    public ValueTask DisposeAsync() => running.DisposeAsync();

    private RoundFigures Upload(Round round)
    {
        var figures = round.Run();
        foreach (var location in round.Locations)
            _stored.Enqueue(location);
        if ((_storedBytes += figures.Bytes) > MostStored)
            Clear();
        return figures;
    }

    private bool DeleteAll(Connection connection)
    {
        while (_stored.TryDequeue(out var location))
            connection.Ask($"DELETE {location}", [], Tus.Version).Must(204);
        return true;
    }

    /// <summary>What the round before left to write must not be written in this one.</summary>
    private static void WriteBack()
    {
        using var sync = Process.Start("sync");
        sync.WaitForExit();
    }
}
