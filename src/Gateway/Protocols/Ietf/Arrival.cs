using System.IO.Pipelines;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Uploads;

namespace OrleansIngest.Gateway.Protocols.Ietf;

/// <summary>
/// Determines whether a small body arrives so fast that its upload need not be resumable. The
/// server then stores the body with one commit instead of two. It waits for a short time, because
/// the body never arrives together with the header section. For a client on a slow connection, this
/// delays the 104 with the URL of the upload by the same time.
/// </summary>
internal static class Arrival
{
    /// <summary>
    /// The number of bytes that must arrive in <see cref="s_wait"/>. At this rate, the rest of a
    /// small body arrives in a few seconds.
    /// </summary>
    private const long Enough = 64 * 1024;

    private static readonly TimeSpan s_wait = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits for the first bytes of a body, and consumes none of them.</summary>
    /// <exception cref="ConnectionCutException">The client has disconnected.</exception>
    public static async Task<bool> IsFast(PipeReader body, TimeProvider time)
    {
        using var timeout = new CancellationTokenSource(s_wait, time);
        await using var _ = timeout.Token.Register(body.CancelPendingRead);
        try
        {
            while (true)
            {
                // At the timeout, CancelPendingRead ends the read without an exception.
                var read = await body.ReadAsync(CancellationToken.None);
                var isFast = read.IsCompleted || read.Buffer.Length >= Enough;
                var isDecided = isFast || timeout.IsCancellationRequested;
                // Bytes that are not marked as examined are returned by the next read at once.
                // Until the decision, the next read must wait for more bytes.
                body.AdvanceTo(read.Buffer.Start, isDecided ? read.Buffer.Start : read.Buffer.End);
                if (isDecided)
                    return isFast;
            }
        }
        catch (Exception e) when (RequestBody.IsCut(e))
        {
            throw new ConnectionCutException();
        }
    }
}
