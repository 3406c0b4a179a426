using NBomber.Contracts;
using NBomber.CSharp;

namespace NBomber.Engine;

/// <summary>One phase of a scenario's load: the warm-up, or the measured part.</summary>
/// <param name="scenario">The scenario.</param>
/// <param name="recorder">Receives the measurements.</param>
/// <param name="time">The clock.</param>
/// <param name="stop">Ends the load early.</param>
internal sealed class ScenarioPhase(
    ScenarioProps scenario, Recorder recorder, TimeProvider time, CancellationToken stop) : IDisposable
{
    /// <summary>
    /// The load ends after so many failures, because further ones would teach nothing.
    /// </summary>
    private const int MostFailures = 5000;

    /// <summary>How long iterations that have begun may go on when the load is over.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The longest sleep before the code looks at the clock, and at the end of the load, again.
    /// </summary>
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource _noMore = CancellationTokenSource.CreateLinkedTokenSource(stop);
    private readonly CancellationTokenSource _over = new();
    private readonly InFlight _inFlight = new();
    private readonly long _start = time.GetTimestamp();
    private int _copies = -1;
    private int _failures;

    public ScenarioProps Scenario => scenario;

    /// <summary>The time since the phase began.</summary>
    public TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>Cancelled when the load is over.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>
    /// Runs all simulations, one after the other, and waits for the iterations that they left
    /// running.
    /// </summary>
    /// <returns>The duration.</returns>
    public async Task<TimeSpan> Run()
    {
        foreach (var simulation in scenario.Simulations)
            await (simulation is OpenLoop open ? Inject(open) : Keep((ClosedLoop)simulation));
        await _over.CancelAsync();
        await Finish();
        return Now;
    }

    public void Record(IResponse response, TimeSpan start)
    {
        recorder.Iterations.Add(response, Now - start);
        if (response.IsError && Interlocked.Increment(ref _failures) == MostFailures)
            _noMore.Cancel();
    }

    public void RecordStep(string name, IResponse response, TimeSpan start) =>
        recorder.Step(name, response, Now - start);

    public void Dispose()
    {
        _noMore.Dispose();
        _over.Dispose();
    }

    private Task Inject(OpenLoop load) =>
        Task.Factory.StartNew(
            () => InjectHere(load), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>
    /// Starts iterations on schedule. A late start does not move the next one, and no iteration
    /// waits for another.
    /// </summary>
    private void InjectHere(OpenLoop load)
    {
        var start = Now;
        for (var i = 0L; i < load.Iterations && Reaches(start + load.Arrival(i)); i++)
        {
            var intended = start + load.Arrival(i);
            _ = _inFlight.Begin(() => NewCopy().Iterate(intended));
        }
        Reaches(start + load.During);
    }

    private async Task Keep(ClosedLoop load)
    {
        var (start, left) = (Now, load.Iterations);
        var copies = Task.WhenAll(Enumerable.Range(0, load.Copies).Select(_ => _inFlight.Begin(Repeat)).ToArray());
        await (load.During == TimeSpan.MaxValue
            ? copies
            : Task.WhenAny(copies, Task.Delay(load.During, time, _noMore.Token)));

        async Task Repeat()
        {
            var copy = NewCopy();
            while (Now - start < load.During
                && !_noMore.IsCancellationRequested
                && Interlocked.Decrement(ref left) >= 0)
                await copy.Iterate(Now);
        }
    }

    private ScenarioContext NewCopy() => new(this, Interlocked.Increment(ref _copies));

    /// <summary>
    /// Waits for a moment on the calling thread, because .NET's timers are some milliseconds late
    /// on Linux, which would count. An early start would make latencies look better than they were,
    /// so the method is rather late by a part of a millisecond.
    /// </summary>
    /// <returns>False if the load ends early.</returns>
    private bool Reaches(TimeSpan moment)
    {
        for (var wait = moment - Now; wait > TimeSpan.Zero && !_noMore.IsCancellationRequested; wait = moment - Now)
            Thread.Sleep((int)Math.Ceiling(Math.Min(wait.TotalMilliseconds, s_look.TotalMilliseconds)));
        return !_noMore.IsCancellationRequested;
    }

    /// <summary>Counts iterations that do not end as failures.</summary>
    private async Task Finish()
    {
        try
        {
            await _inFlight.Drained().WaitAsync(s_patience, time);
        }
        catch (TimeoutException)
        {
            var response = Response.Fail("-100", $"Not done {s_patience.TotalSeconds} s after the load was over.");
            for (var i = 0; i < _inFlight.Count; i++)
                recorder.Iterations.Add(response, s_patience);
        }
    }
}
