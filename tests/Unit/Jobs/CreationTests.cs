using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Jobs;

/// <summary>The life of a media id: "created", and "created again".</summary>
public sealed class CreationTests
{
    private readonly LivedJob _job = new();

    [Fact]
    public void A_new_id_starts_an_upload_with_a_row_of_its_own()
    {
        var decision = _job.Job.Decide(
            Some.Create(1, "here") with { Length = 5, RawMetadata = "filename YQ==" }, _job.Now);
        Assert.True(decision.Reply.Started);
        Assert.Equal(MediaStatus.Open, decision.Reply.Media!.Status);
        var opened = decision.Opened!;
        Assert.Equal(
            (Some.Job, Some.Media(1), Some.Blob("here"), "phone-1"),
            (opened.Job, opened.Media, opened.Incoming, opened.Device));
        Assert.Equal((5, "filename YQ==", Some.RunningTime), (opened.Length, opened.RawMetadata, opened.LastByteAt));
    }

    [Fact]
    public void Created_again_with_the_same_length_and_hash_is_the_same_upload()
    {
        var first = _job.Do(Some.Create(1, "first") with { Length = 5, Sha256 = Some.Hash(1) });
        var again = _job.Do(Some.Create(1, "second") with { Length = 5, Sha256 = Some.Hash(1) });
        Assert.Equal((Refusal.None, first.Media, false), (again.Refusal, again.Media, again.Started));
        Assert.Equal(Some.Blob("first"), _job.Media(1).Incoming);
        Assert.Single(_job.Rows);
    }

    [Theory]
    [InlineData(6L, 1)]
    [InlineData(null, 1)]
    [InlineData(5L, 2)]
    [InlineData(5L, null)]
    public void Created_again_with_another_length_or_hash_is_refused(long? length, int? content)
    {
        _job.Do(Some.Create(1, "first") with { Length = 5, Sha256 = Some.Hash(1) });
        var before = _job.Media(1);
        var again = _job.Do(
            Some.Create(1, "second") with { Length = length, Sha256 = content is { } c ? Some.Hash(c) : null });
        Assert.Equal((Refusal.DifferentUpload, null), (again.Refusal, again.Media));
        Assert.Equal(before, _job.Media(1));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Created_again_when_it_is_complete_answers_complete(bool saysLength, bool saysHash)
    {
        _job.Store(1, content: 7);
        var again = _job.Do(Some.Create(1, "second") with
        {
            Length = saysLength ? Some.Length(7) : null,
            Sha256 = saysHash ? Some.Hash(7) : null,
        });
        Assert.Equal((Refusal.None, _job.Media(1), false), (again.Refusal, again.Media, again.Started));
        Assert.True(again.Media!.IsSafe);
    }

    [Fact]
    public void Created_again_when_it_is_complete_with_another_length_or_hash_is_refused()
    {
        _job.Store(1, content: 7);
        Assert.Equal(
            Refusal.DifferentUpload,
            _job.Do(Some.Create(1, "second") with { Length = Some.Length(8) }).Refusal);
        Assert.Equal(Refusal.DifferentUpload, _job.Do(Some.Create(1, "second") with { Sha256 = Some.Hash(8) }).Refusal);
    }

    [Fact]
    public void A_whole_body_for_an_open_upload_completes_it_and_frees_what_came_before()
    {
        _job.Do(Some.Create(1, "cut-off"));
        var reply = _job.Do(Some.Create(1, "whole"), Some.Complete(1, "whole", content: 7));
        Assert.Equal((Refusal.None, MediaStatus.Stored), (reply.Refusal, _job.Media(1).Status));
        Assert.Equal(Some.ContentOf("whole"), _job.Media(1).Content);
        Assert.Equal([Some.Blob("cut-off")], reply.Unneeded);
    }

    [Fact]
    public void A_whole_body_of_another_upload_with_the_same_id_is_refused_and_freed()
    {
        _job.Do(Some.Create(1, "first") with { Length = 5 });
        var reply = _job.Do(Some.Create(1, "whole") with { Length = 6 }, Some.Complete(1, "whole", content: 7));
        Assert.Equal(Refusal.DifferentUpload, reply.Refusal);
        Assert.Equal([Some.ContentOf("whole")], reply.Unneeded);
        Assert.Equal(Some.Blob("first"), _job.Media(1).Incoming);
    }

    [Fact]
    public void What_the_device_said_is_kept_word_for_word()
    {
        var said = new MediaDescription
        {
            Filename = "../IMG 1.JPG",
            DeclaredType = "image/jpg",
            Section = "roof",
            Session = "s1",
            CapturedAt = "2026-11-21T07:59",
            Kind = "before",
            Source = "camera",
        };
        _job.Do(Some.Create(1, "here") with { Description = said });
        _job.Do(Some.Complete(1, "here", content: 7));
        Assert.Equal(said, _job.Media(1).Description);
        Assert.Equal("image/jpeg", _job.Media(1).MediaType);
    }
}
