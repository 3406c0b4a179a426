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

    /// <summary>Runs the server's turn in a round.</summary>
    /// <exception cref="InvalidOperationException">
    /// The server did not do what it was asked. The message contains the server's output.
    /// </exception>
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
    /// Deletes all uploads. This is not done after each round: ext4 does not reuse the inode of a
    /// deleted file for a minute, and where it has to skip thousands of such inodes, a new file
    /// costs several times as much.
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

    /// <summary>
    /// Writes the previous round's data to the disk, so that this round does not pay for it.
    /// </summary>
    private static void WriteBack()
    {
        using var sync = Process.Start("sync");
        sync.WaitForExit();
    }
}
