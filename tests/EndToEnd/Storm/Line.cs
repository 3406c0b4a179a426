using System.Net.Sockets;

namespace OrleansIngest.EndToEnd.Storm;

/// <summary>One connection through the bad network.</summary>
internal sealed class Line(Socket client, Socket server, Fate fate, Traffic traffic)
{
    private const int Piece = 16 << 10;
    private static readonly TimeSpan s_late = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(3);

    /// <summary>Carries bytes both ways until one of the ends has had enough, or fate has.</summary>
    public async Task Run(CancellationToken over)
    {
        traffic.Connected();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(over);
        var up = Carry(client, server, fate.Up, stop.Token);
        var down = Carry(server, client, fate.Down, stop.Token);
        var broke = await await Task.WhenAny(up, down);
        await stop.CancelAsync();
        await Task.WhenAll(up, down);
        if (broke)
            traffic.Broken();
        await Task.WhenAll(End(client, broke ? fate.Client : Ending.Closed, over), End(server, broke ? fate.Server : Ending.Closed, over));
    }

    /// <summary>Carries bytes one way; tells whether it was the network that ended that.</summary>
    private async Task<bool> Carry(Socket from, Socket to, long limit, CancellationToken stop)
    {
        var buffer = new byte[64 << 10];
        long carried = 0;
        try
        {
            while (carried < limit)
            {
                var wanted = Math.Min(limit - carried, carried < fate.Dribbles ? 1 + (carried % Piece) : buffer.Length);
                var came = await from.ReceiveAsync(buffer.AsMemory(0, (int)wanted), stop);
                if (came == 0)
                    return false;
                if (carried < fate.Dribbles)
                    await Task.Delay(s_late, stop);
                await Send(to, buffer.AsMemory(0, came), stop);
                carried += came;
                traffic.Passed(came);
            }
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return false; // one of the ends is gone
        }
    }

    private static async Task Send(Socket to, ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await to.SendAsync(bytes, stop)..];
    }

    private static async Task End(Socket socket, Ending ending, CancellationToken over)
    {
        if (ending == Ending.Silent)
            await Task.Delay(s_silence, over).ContinueWith(_ => { }, TaskScheduler.Default);
        if (ending != Ending.Closed)
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
    }
}
