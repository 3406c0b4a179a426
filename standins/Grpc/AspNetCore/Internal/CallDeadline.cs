using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>Ends a call with DEADLINE_EXCEEDED when its time is up, whatever its handler does, and then cancels the handler.</summary>
internal sealed class CallDeadline : IAsyncDisposable
{
    // What a timer can wait: 49 days. Nobody sees a longer deadline pass.
    private static readonly TimeSpan MaxWait = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly CancellationTokenSource _passed;
    private readonly HttpContext _http;
    private readonly CallOutput _output;
    private readonly Timer _timer;
    private Task _passing = Task.CompletedTask;

    public CallDeadline(HttpContext http, CallOutput output, TimeSpan timeout)
    {
        (_http, _output) = (http, output);
        At = DateTime.UtcNow + timeout;
        _passed = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        _timer = new Timer(static state => ((CallDeadline)state!).Pass(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (timeout <= MaxWait) _timer.Change(timeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>When the time is up (UTC).</summary>
    public DateTime At { get; }

    /// <summary>Cancelled when the time is up or the client goes away.</summary>
    public CancellationToken Token => _passed.Token;

    /// <summary>Waits for what the timer has begun.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _passing;
        _passed.Dispose();
    }

    private void Pass() => _passing = PassAsync();

    private async Task PassAsync()
    {
        if (!_output.TryEnd(new Status(StatusCode.DeadlineExceeded, "Deadline Exceeded"), null)) return;
        try
        {
            await _http.Features.GetRequiredFeature<IHttpResponseBodyFeature>().CompleteAsync();
            Protocol.Reset(_http);
        }
        finally
        {
            await _passed.CancelAsync();
        }
    }
}
