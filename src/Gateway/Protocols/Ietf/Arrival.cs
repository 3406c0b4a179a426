using System.IO.Pipelines;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Uploads;

namespace OrleansIngest.Gateway.Protocols.Ietf;

/// <summary>
/// Whether a small body comes so fast that nobody needs to be told how to go on with it: then it costs one commit, not two. It has a
/// moment, for it is never here together with its head; who has a slow line hears of the upload that much later.
/// </summary>
internal static class Arrival
{
    /// <summary>If so much comes in a moment, a small body is here in a few seconds.</summary>
    private const long Enough = 64 * 1024;

    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(200);

    /// <summary>Looks at the first bytes of a body, and leaves all of it to be read.</summary>
    /// <exception cref="ConnectionCutException">The client is gone.</exception>
    public static async Task<bool> IsFast(PipeReader body, TimeProvider time)
    {
        using var over = new CancellationTokenSource(s_moment, time);
        await using var _ = over.Token.Register(body.CancelPendingRead);
        try
        {
            while (true)
            {
                var read = await body.ReadAsync(CancellationToken.None);
                var isEnough = read.IsCompleted || read.Buffer.Length >= Enough;
                var isOver = isEnough || over.IsCancellationRequested;
                body.AdvanceTo(read.Buffer.Start, isOver ? read.Buffer.Start : read.Buffer.End);
                if (isOver)
                    return isEnough;
            }
        }
        catch (Exception e) when (RequestBody.IsCut(e))
        {
            throw new ConnectionCutException();
        }
    }
}
