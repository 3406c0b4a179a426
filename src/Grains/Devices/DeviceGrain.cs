using Orleans.Concurrency;

namespace OrleansIngest.Grains.Devices;

/// <summary>What a device's grain keeps.</summary>
[GenerateSerializer, Alias("ingest.DeviceState")]
public sealed class DeviceState
{
    /// <summary>The device's name for people.</summary>
    [Id(0)] public string DisplayName { get; set; } = "";

    /// <summary>Who has it.</summary>
    [Id(1)] public string Owner { get; set; } = "";

    /// <summary>What it reported.</summary>
    [Id(2)] public DeviceQueue Queue { get; set; } = new();

    /// <summary>When it last sent anything; null if never.</summary>
    [Id(3)] public DateTimeOffset? LastSeenAt { get; set; }
}

/// <summary>
/// A device's grain: its queue as it reported it, less what has arrived. A report is answered when it is stored; what is
/// merely derived from uploads is stored a little later, for the device's next report repairs it.
/// </summary>
[Reentrant]
public sealed class DeviceGrain(
    [PersistentState("device", GrainStorage.Name)] IPersistentState<DeviceState> state,
    TimeProvider time) : Grain, IDeviceGrain
{
    /// <summary>What is derived from uploads is stored so long after it changed, for many files at once.</summary>
    private static readonly TimeSpan s_writeDelay = TimeSpan.FromSeconds(5);

    private readonly CoalescedWrite _write = new(state.WriteStateAsync);
    private IGrainTimer? _writeLater;
    private bool _changed;
    private readonly Dictionary<(string Job, Guid Media), long> _received = [];

    private DeviceState State => state.State;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _writeLater = this.RegisterGrainTimer(_ => Write(), new(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        _changed ? Write() : Task.CompletedTask;

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
        Queue = [.. State.Queue.Current().Select(f => new DeviceFileView(f, _received.GetValueOrDefault((f.Job, f.Media))))],
    };

    private void Seen(DateTimeOffset at)
    {
        State.LastSeenAt = at > State.LastSeenAt ? at : State.LastSeenAt ?? time.GetUtcNow();
        if (!_changed)
            _writeLater!.Change(s_writeDelay, Timeout.InfiniteTimeSpan);
        _changed = true;
    }

    private Task Write()
    {
        _changed = false;
        return _write.Now();
    }
}
