using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Protos.V1;
using OrleansIngest.Unit.Tests.Jobs.Model;
using OrleansIngest.Unit.Tests.Support;

using Job = OrleansIngest.Grains.Jobs.Job;

namespace OrleansIngest.Unit.Tests.Jobs;

/// <summary>
/// An event says what it is about; the projection for that kind of subject says which rows follow.
/// </summary>
public sealed class ProjectionTests
{
    private readonly Job _job = new(Some.Job, OpenByDevice.Projections);

    public static TheoryData<string> Facts =>
    [
        .. ActivityEvent.Descriptor.Oneofs.Single(one => one.Name == "what").Fields
            .Where(fact => fact.FieldNumber <= ActivityEvent.ProgressFieldNumber).Select(fact => fact.Name),
    ];

    [Theory]
    [MemberData(nameof(Facts))]
    public void Every_event_so_far_is_about_a_media(string what)
    {
        var field = ActivityEvent.Descriptor.FindFieldByName(what);
        var activity = new ActivityEvent { Media = Some.Media(1).ToString() };
        field.Accessor.SetValue(activity, field.MessageType.Parser.ParseFrom([]));

        Assert.Equal(new EventSubject(SubjectKind.Media, Some.Media(1).ToString()), EventSubject.Of(activity));
        Assert.Equal(Some.Media(1), EventSubject.Of(activity).MediaId);
    }

    [Fact]
    public void A_message_that_is_no_event_is_about_nothing()
    {
        Assert.Throws<InvalidOperationException>(() => EventSubject.Of(new ActivityEvent { Heartbeat = new() }));
        Assert.Throws<InvalidOperationException>(() => EventSubject.Of(new ActivityEvent()));
    }

    [Fact]
    public void A_hint_is_not_applied()
    {
        var hint = JobEvent.Encode(
            new ActivityEvent { Job = Some.Job, Seq = 1, Media = Some.Media(1).ToString(), Progress = new() },
            PrivateFacts.None);

        Assert.Throws<InvalidOperationException>(() => new Job(Some.Job).Apply(hint));
    }

    [Fact]
    public void Media_alone_derive_no_rows()
    {
        var job = new LivedJob();
        job.Store(1, content: 1);

        Assert.Empty(job.Job.Derived);
        Assert.Null(job.Job.FindDerived(OpenByDevice.Kind, "phone-1"));
    }

    [Fact]
    public void Derived_rows_are_put_replaced_and_removed()
    {
        Assert.Equal(["open phone-1: 1"], Do(Some.Create(1, "a")));
        Assert.Equal(["open phone-1: 2"], Do(Some.Create(2, "b")));
        Assert.Equal(["open phone-2: 1"], Do(Some.Create(3, "c") with { Device = "phone-2" }));
        Assert.Equal(["open phone-1: 2", "open phone-2: 1"], OpenByDevice.Read(_job.Derived));

        Assert.Equal(["open phone-2: none"], Do(Some.Fail(3, "c", Some.Termination)));
        Assert.Equal(["open phone-1: 2"], OpenByDevice.Read(_job.Derived));
    }

    [Fact]
    public void A_job_goes_on_from_its_derived_rows()
    {
        Do(Some.Create(1, "a"));
        var snapshot = new JobSnapshot(_job.Row, [_job.Find(Some.Media(1))!], [], [.. _job.Derived]);
        var restored = new Job(Some.Job, snapshot, OpenByDevice.Projections);
        SameJob.Check(_job, restored);

        var created = restored.Decide(Some.Create(2, "b"), Some.Morning).Events[0];

        Assert.Equal(["open phone-1: 2"], OpenByDevice.Read(restored.Apply(created).Derived));
    }

    [Fact]
    public void An_event_is_possible_if_those_before_it_are_there()
    {
        var created = _job.Decide(Some.Create(1, "a"), Some.Morning).Events[0];
        Assert.True(_job.CanApply(created));

        _job.Apply(created);

        Assert.False(_job.CanApply(created));
    }

    private List<string> Do(CreateUpload command) => Apply(_job.Decide(command, Some.Morning).Events[0]);

    private List<string> Do(FailUpload command) => Apply(_job.Decide(command, Some.Morning).Events[0]);

    private List<string> Apply(JobEvent jobEvent) => [.. OpenByDevice.Read(_job.Apply(jobEvent).Derived)];
}
