using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.S3.Buckets;

/// <summary>
/// Runs calls to the server: again after a failure that may pass, later each time and as late as
/// the server asks, until the time for it is over.
/// </summary>
internal sealed class Attempts(S3Options options, TimeProvider time)
{
    private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(3);

    private readonly Circuit _circuit = new(options.CircuitFailures, options.CircuitPause, time);

    /// <summary>Runs a call.</summary>
    /// <param name="what">What it does, for the message of a failure.</param>
    /// <param name="bytes">How many bytes it moves.</param>
    /// <param name="call">The call. It may be repeated.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <exception cref="StoreUnavailableException">The server fails all the time.</exception>
    /// <exception cref="FileNotFoundException">There is no such object.</exception>
    /// <exception cref="IOException">The server refuses the call.</exception>
    public async Task<T> Run<T>(
        string what, long bytes, Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            _circuit.Enter();
            S3Failure failure;
            try
            {
                var result = await Try(bytes, call, cancellation);
                _circuit.Answered();
                return result;
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                failure = S3Failure.Of(e, what);
            }
            await Wait(failure, attempt, start, cancellation);
        }
    }

    private async Task<T> Try<T>(long bytes, Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.RequestTimeout + TimeSpan.FromSeconds(bytes >> 20));
        return await call(limit.Token);
    }

    private async Task Wait(S3Failure failure, int attempt, long start, CancellationToken cancellation)
    {
        if (!failure.MayPass)
        {
            _circuit.Answered();
            throw failure.Exception;
        }
        var pause = Pause(attempt, failure.RetryAfter);
        if (time.GetElapsedTime(start) + pause > options.RetryTime)
        {
            _circuit.GaveUp();
            throw failure.Exception;
        }
        await Task.Delay(pause, time, cancellation);
    }

    /// <summary>
    /// Twice as long each time, and somewhere between a half and the whole of that, so that calls
    /// that failed together do not come back together.
    /// </summary>
    private static TimeSpan Pause(int attempt, TimeSpan? wanted)
    {
        var longest = TimeSpan.FromTicks(Math.Min(s_longest.Ticks, s_first.Ticks << Math.Min(attempt, 10)));
        var pause = longest * (0.5 + (Random.Shared.NextDouble() / 2));
        return wanted > pause ? wanted.Value : pause;
    }
}
