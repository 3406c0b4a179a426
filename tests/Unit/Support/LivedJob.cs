using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Unit.Tests.Support;

/// <summary>
/// A job that lives: what it decides is applied at once and kept as a journal and
/// a media table would keep it.
/// </summary>
internal sealed class LivedJob
{
    private readonly Dictionary<Guid, Media> _table = [];

    public LivedJob() => Job = new Job(Some.Job);

    /// <summary>One that goes on from stored media.</summary>
    public LivedJob(JobSnapshot snapshot)
    {
        Job = new Job(Some.Job, snapshot);
        foreach (var media in snapshot.Media)
            _table.Add(media.Id, media);
    }

    public Job Job { get; }

    public List<JournalRow> Rows { get; } = [];

    public IEnumerable<JobEvent> Events => Rows.Select(JobEvent.Decode);

    /// <summary>Every command is decided a second after the one before.</summary>
    public DateTimeOffset Now { get; private set; } = Some.Morning;

    public JobSnapshot Snapshot =>
        new(Job.Head.Seq == 0 ? null : Job.Row, [.. _table.Values.OrderBy(m => m.FirstSeq)], [], []);

    public CreateReply Do(CreateUpload command) => Take(Job.Decide(command, Now));

    public CompleteReply Do(CompleteUpload command) => Take(Job.Decide(command, Now));

    public CompleteReply Do(CreateUpload create, CompleteUpload complete) => Take(Job.Decide(create, complete, Now));

    public FailReply Do(FailUpload command) => Take(Job.Decide(command, Now));

    public DeleteReply Do(DeleteMedia command) => Take(Job.Decide(command, Now));

    public ReportReply Do(ReportBytes command) => Take(Job.Decide(command, Now));

    public Media Media(int number) => Job.Find(Some.Media(number))!;

    /// <summary>Uploads a media in two commands.</summary>
    public CompleteReply Store(int media, int content)
    {
        Do(Some.Create(media, $"blob-{media}"));
        return Do(Some.Complete(media, $"blob-{media}", content));
    }

    public TReply Take<TReply>(Decision<TReply> decision)
    {
        foreach (var fact in decision.Events)
        {
            Rows.Add(fact.Row);
            foreach (var media in Job.Apply(fact).Media)
                _table[media.Id] = media;
        }
        Now += TimeSpan.FromSeconds(1);
        return decision.Reply;
    }
}
