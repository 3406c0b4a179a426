using OrleansIngest.Grains.Feed;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Log;

/// <summary>One activation of a job: a log, and the turns in which it runs.</summary>
internal sealed class Writer(
    FakeJournal journal, ActivityFeed feed, TimeProvider time,
    IReadOnlyDictionary<SubjectKind, IProjection>? projections = null)
{
    private readonly JobLog _log = new(Some.Job, journal, feed, time, projections);

    public Turns Turns { get; } = new();

    public Task<TReply> Do<TReply>(
        Func<Job, DateTimeOffset, Decision<TReply>> decide, UploadFence? fence = null, TReply? ifTakenOver = default) =>
        Turns.Call(() => _log.Do(decide, fence, ifTakenOver));

    public Task<T> Read<T>(Func<Job, T> query) => Turns.Call(() => _log.Read(query));

    public Task Idle() => Turns.Call(_log.Idle);

    public Task<CreateReply> Create(int media, string blob) =>
        Do((job, at) => job.Decide(Some.Create(media, blob), at));

    public Task<FailReply> Fail(int media, string blob) =>
        Do((job, at) => job.Decide(Some.Fail(media, blob, Some.Termination), at));

    /// <summary>Ends an upload, if this node still has it.</summary>
    public Task<FailReply> Fail(int media, string blob, UploadFence fence) => Do(
        (job, at) => job.Decide(Some.Fail(media, blob, Some.Termination), at),
        fence, new FailReply { Refusal = Refusal.TakenOver });

    public Task<DeleteReply> Delete(int media) => Do((job, at) => job.Decide(Some.Delete(media), at));

    /// <summary>Uploads a media whole, in one command.</summary>
    public Task<CompleteReply> Store(int media, int content)
    {
        var blob = $"blob-{media}";
        return Do((job, at) => job.Decide(Some.Create(media, blob), Some.Complete(media, blob, content), at));
    }
}
