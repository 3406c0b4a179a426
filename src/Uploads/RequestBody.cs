using System.IO.Pipelines;

namespace OrleansIngest.Uploads;

/// <summary>
/// How a request's body is read from its pipe, and how a broken connection shows there.
/// </summary>
public static class RequestBody
{
    /// <summary>
    /// Whether an exception of a body's pipe says that the connection broke. Kestrel throws
    /// different ones: it depends on how the connection broke, and when.
    /// </summary>
    public static bool IsCut(Exception e) =>
        e is IOException or OperationCanceledException or InvalidOperationException;

    /// <summary>
    /// Waits for the end of a body that should have no bytes. Bytes that it has are left to be
    /// read.
    /// </summary>
    /// <param name="body">The body.</param>
    /// <param name="patience">Ends the wait.</param>
    /// <returns><see cref="BodyEnd.TooLong"/> if the body has bytes.</returns>
    internal static async Task<BodyEnd> ReadEnd(PipeReader body, CancellationToken patience)
    {
        try
        {
            var read = await body.ReadAsync(patience);
            body.AdvanceTo(read.Buffer.Start);
            return read.Buffer.IsEmpty ? BodyEnd.Whole : BodyEnd.TooLong;
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return BodyEnd.Stopped;
        }
        catch (Exception e) when (IsCut(e))
        {
            return BodyEnd.Cut;
        }
    }

    /// <summary>Gives the bytes back to the pipe.</summary>
    /// <returns>
    /// False if the connection is broken: an HTTP/2 stream that was reset says so here.
    /// </returns>
    internal static bool TryAdvance(PipeReader body, SequencePosition consumed, SequencePosition examined)
    {
        try
        {
            body.AdvanceTo(consumed, examined);
            return true;
        }
        catch (Exception e) when (IsCut(e))
        {
            return false;
        }
    }
}
