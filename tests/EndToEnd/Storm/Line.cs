using System.Net.Sockets;

namespace OrleansIngest.EndToEnd.Storm;

/// <summary>One connection through the bad network.</summary>
internal sealed class Line(Socket client, Socket server, Fate fate, Traffic traffic)
{
    private const int Piece = 16 << 10;
    private static readonly TimeSpan s_late = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Carries bytes in both directions until one of the ends closes, or the connection breaks.
    /// </summary>
    public async Task Run(CancellationToken over)
    {
        traffic.Connected();
        var broke = await CarryBothWays(over);
        if (broke)
            traffic.Broken();
        await Task.WhenAll(
            End(client, broke ? fate.Client : Ending.Closed, over),
            End(server, broke ? fate.Server : Ending.Closed, over));
    }

    private async Task<bool> CarryBothWays(CancellationToken over)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(over);
        var up = Carry(client, server, fate.Up, stop.Token);
        var down = Carry(server, client, fate.Down, stop.Token);
        var broke = await await Task.WhenAny(up, down);
        await stop.CancelAsync();
        await Task.WhenAll(up, down);
        return broke;
    }

    /// <summary>
    /// Carries bytes in one direction. Returns true when it breaks, and false when one of the ends
    /// is gone.
    /// </summary>
    private async Task<bool> Carry(Socket from, Socket to, long limit, CancellationToken stop)
    {
        var buffer = new byte[64 << 10];
        try
        {
            for (long carried = 0, came; carried < limit; carried += came)
            {
                var dribbles = carried < fate.Dribbles;
                // Pieces of all sizes; the first is one byte.
                var most = dribbles ? 1 + (carried % Piece) : buffer.Length;
                came = await CarryPiece(
                    from, to, buffer.AsMemory(0, (int)Math.Min(limit - carried, most)), dribbles, stop);
                if (came == 0)
                    return false;
            }
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<int> CarryPiece(Socket from, Socket to, Memory<byte> piece, bool late, CancellationToken stop)
    {
        var came = await from.ReceiveAsync(piece, stop);
        if (late)
            await Task.Delay(s_late, stop);
        await Send(to, piece[..came], stop);
        traffic.Passed(came);
        return came;
    }

    private static async Task Send(Socket to, ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await to.SendAsync(bytes, stop)..];
    }

    private static async Task End(Socket socket, Ending ending, CancellationToken over)
    {
        if (ending == Ending.Silent)
            await Task.Delay(s_silence, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (ending != Ending.Closed)
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
    }
}
