using Orleans.Concurrency;

namespace OrleansIngest.Grains.Devices;

/// <summary>The persistent state of a device's grain.</summary>
[GenerateSerializer, Alias("ingest.DeviceState")]
public sealed class DeviceState
{
    /// <summary>The device's display name.</summary>
    [Id(0)] public string DisplayName { get; set; } = "";

    /// <summary>The name of the device's owner.</summary>
    [Id(1)] public string Owner { get; set; } = "";

    /// <summary>
    /// The device's queue, as reported and reduced by the files that have arrived.
    /// </summary>
    [Id(2)] public DeviceQueue Queue { get; set; } = new();

    /// <summary>When the device last sent anything; null if it never did.</summary>
    [Id(3)] public DateTimeOffset? LastSeenAt { get; set; }
}

/// <summary>
/// The grain of a device. It keeps the queue that the device reported, without the files that
/// have arrived. A call of <see cref="Report"/> returns after the state is stored. Changes that
/// come from uploads are stored a little later: if a crash loses them, the device's next report
/// repairs the queue.
/// </summary>
[Reentrant]
public sealed class DeviceGrain(
    [PersistentState("device", GrainStorage.Name)] IPersistentState<DeviceState> state,
    TimeProvider time) : Grain, IDeviceGrain
{
    /// <summary>All keys of devices begin with it: see <c>GrainKeys</c>.</summary>
    internal const string KeyPrefix = "device-";

    /// <summary>
    /// How long changes that come from uploads are gathered before the state is stored once for
    /// all of them.
    /// </summary>
    private static readonly TimeSpan s_writeDelay = TimeSpan.FromSeconds(5);

    private readonly CoalescedWrite _write = new(state.WriteStateAsync);
    private IGrainTimer? _writeLater;
    private bool _isDirty;
    private readonly Dictionary<(string Job, Guid Media), long> _received = []; // bytes; not stored

    private DeviceState State => state.State;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _writeLater = this.RegisterGrainTimer(_ => Write(), new(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        _isDirty ? Write() : Task.CompletedTask;

    /// <inheritdoc/>
    public Task<JobKeys> Concerned(QueueReport report) => Task.FromResult(new JobKeys(
        [.. State.Queue.Current().Concat(report.Files).Select(f => f.Job).Distinct().Order(StringComparer.Ordinal)]));

    /// <inheritdoc/>
    public async Task<long> Report(QueueReport report)
    {
        var isNewest = report.Revision > State.Queue.Revision;
        State.Queue.Apply(report);
        if (isNewest)
            (State.DisplayName, State.Owner) = (report.DisplayName, report.Owner);
        Seen(report.At);
        await Write();
        return State.Queue.Revision;
    }

    /// <inheritdoc/>
    public Task Chunk(DeviceChunk chunk)
    {
        _received[(chunk.Job, chunk.Media)] = chunk.Offset;
        Seen(chunk.At);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Settled(SettledFiles settled)
    {
        foreach (var media in settled.Media)
        {
            State.Queue.Settle(settled.Job, media);
            _received.Remove((settled.Job, media));
        }
        Seen(settled.At);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<DeviceView?> Get() => Task.FromResult(State.LastSeenAt is { } seen ? View(seen) : null);

    private DeviceView View(DateTimeOffset seen) => new()
    {
        DisplayName = State.DisplayName,
        Owner = State.Owner,
        Revision = State.Queue.Revision,
        ReportedAt = State.Queue.Revision == 0 ? null : State.Queue.ReportedAt,
        LastSeenAt = seen,
        Queue = [.. State.Queue.Current().Select(View)],
    };

    private DeviceFileView View(QueuedFile file) => new(file, _received.GetValueOrDefault((file.Job, file.Media)));

    private void Seen(DateTimeOffset at)
    {
        State.LastSeenAt = at > State.LastSeenAt ? at : State.LastSeenAt ?? time.GetUtcNow();
        if (!_isDirty)
            _writeLater!.Change(s_writeDelay, Timeout.InfiniteTimeSpan);
        _isDirty = true;
    }

    private Task Write()
    {
        _isDirty = false; // before the write: a change during it starts the timer again
        return _write.Now();
    }
}
