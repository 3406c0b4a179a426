using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Jobs;

/// <summary>Bytes that the job has already are kept once.</summary>
public sealed class DuplicateTests
{
    private readonly LivedJob _job = new();

    public DuplicateTests() => _job.Store(1, content: 7);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_upload_of_a_known_hash_is_complete_at_once_and_takes_no_bytes(bool saysLength)
    {
        var create = Some.Create(2, "unused") with
        {
            Device = "phone-2",
            Sha256 = Some.Hash(7),
            Length = saysLength ? Some.Length(7) : null
        };
        var decision = _job.Job.Decide(create, _job.Now);
        var media = _job.Take(decision).Media!;
        Assert.Null(decision.Opened);
        Assert.Equal((MediaStatus.Duplicate, Some.Media(1)), (media.Status, media.DuplicateOf!.Value));
        Assert.Equal(
            (Some.Length(7), "image/jpeg", _job.Media(1).Content),
            (media.Length, media.MediaType, media.Content));
        Assert.Equal("phone-1", _job.Events.Last().Public.MediaDuplicate.OfDevice);
    }

    [Fact]
    public void A_known_hash_with_another_length_is_not_believed()
    {
        var decision = _job.Job.Decide(Some.Create(2, "here") with { Sha256 = Some.Hash(7), Length = 1 }, _job.Now);
        Assert.NotNull(decision.Opened);
        Assert.Equal(MediaStatus.Open, decision.Reply.Media!.Status);
    }

    [Fact]
    public void The_second_of_two_equal_uploads_to_arrive_is_the_duplicate_and_its_bytes_are_freed()
    {
        _job.Do(Some.Create(2, "slow"));
        _job.Do(Some.Create(3, "fast"));
        Assert.Equal(MediaStatus.Stored, _job.Do(Some.Complete(3, "fast", content: 8)).Media!.Status);
        var reply = _job.Do(Some.Complete(2, "slow", content: 8));
        Assert.Equal((MediaStatus.Duplicate, Some.Media(3)), (reply.Media!.Status, reply.Media.DuplicateOf!.Value));
        Assert.Equal([Some.ContentOf("slow")], reply.Unneeded);
    }

    [Fact]
    public void A_duplicate_keeps_its_own_section()
    {
        _job.Do(Some.Create(2, "unused") with { Sha256 = Some.Hash(7), Description = new() { Section = "roof" } });
        Assert.Equal("roof", _job.Media(2).Description.Section);
        Assert.Equal("", _job.Media(1).Description.Section);
    }

    [Fact]
    public void A_duplicate_takes_no_bytes_in_the_counts()
    {
        _job.Store(2, content: 7);
        Assert.Equal(
            (1, 1, Some.Length(7)),
            (_job.Job.Counts.Stored, _job.Job.Counts.Duplicates, _job.Job.Counts.StoredBytes));
    }

    [Fact]
    public void A_whole_body_of_a_known_hash_is_a_duplicate_and_is_freed()
    {
        var reply = _job.Do(Some.Create(2, "whole"), Some.Complete(2, "whole", content: 7));
        Assert.Equal(Some.Media(1), reply.Media!.DuplicateOf);
        Assert.Equal([Some.ContentOf("whole")], reply.Unneeded);
    }

    /// <summary>A store may make one blob of the parts: then nothing needs the parts.</summary>
    [Fact]
    public void Parts_of_which_the_store_made_one_blob_are_given_up_when_the_job_has_decided()
    {
        var (first, second) = (BlobId.Join([BlobId.NewObject()]), BlobId.Join([BlobId.NewObject()]));
        _job.Do(Some.Create(3, "3") with { Incoming = first });
        _job.Do(Some.Create(4, "4") with { Incoming = second });

        var stored = _job.Do(Made(3, first));
        var again = _job.Do(Made(3, first));
        var duplicate = _job.Do(Made(4, second));

        Assert.Equal([first], stored.Unneeded);
        Assert.Equal([first], again.Unneeded);
        Assert.Equal([second.ToObject(), second], duplicate.Unneeded);
    }

    [Fact]
    public void Parts_that_are_the_content_are_kept()
    {
        var joined = BlobId.Join([BlobId.NewFile()]);
        _job.Do(Some.Create(3, "3") with { Incoming = joined });

        var stored = _job.Do(Made(3, joined) with { Content = joined });

        Assert.Empty(stored.Unneeded);
    }

    private static CompleteUpload Made(int media, BlobId joined) =>
        Some.Complete(media, "made", content: 8) with { Incoming = joined, Content = joined.ToObject() };
}
