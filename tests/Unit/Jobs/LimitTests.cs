using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Jobs;

/// <summary>What a job has room for. Content n has 1000 + n bytes.</summary>
public sealed class LimitTests
{
    private static readonly JobLimits s_twoMedia = new(Media: 2, Bytes: null);
    private static readonly JobLimits s_twoContents = new(Media: null, Bytes: 2001);

    private readonly LivedJob _job = new();

    [Fact]
    public void What_is_on_its_way_counts()
    {
        Assert.Equal(Refusal.None, Create(1, s_twoMedia).Refusal);
        Assert.Equal(Refusal.None, Store(2, content: 2, s_twoMedia).Refusal);

        Assert.Equal((Refusal.JobFull, s_twoMedia), (Create(3, s_twoMedia).Refusal, Create(3, s_twoMedia).Limits));
        Assert.Equal(
            (Refusal.JobFull, s_twoMedia),
            (Store(3, content: 3, s_twoMedia).Refusal, Store(3, content: 3, s_twoMedia).Limits));
        Assert.Equal([Some.ContentOf("whole-3")], Store(3, content: 3, s_twoMedia).Unneeded);
        Assert.Null(_job.Job.Find(Some.Media(3)));
    }

    [Fact]
    public void The_lengths_that_were_said_count_before_a_byte_is_here()
    {
        Assert.Equal(Refusal.None, Create(1, s_twoContents, length: 1000).Refusal);
        Assert.Equal(Refusal.JobFull, Create(2, s_twoContents, length: 1002).Refusal);
        Assert.Equal(Refusal.None, Create(2, s_twoContents, length: 1001).Refusal);
        Assert.Equal(Refusal.JobFull, Create(3, s_twoContents, length: 1).Refusal);
        Assert.Equal(Refusal.JobFull, Create(3, s_twoContents, length: null).Refusal);
        Assert.Equal(Refusal.None, Create(3, s_twoContents, length: 0).Refusal);
    }

    [Fact]
    public void A_duplicate_takes_no_bytes_and_is_a_media_all_the_same()
    {
        var full = new JobLimits(Media: 3, Bytes: 1007);
        _job.Store(1, content: 7);

        Assert.Equal(Refusal.None, Store(2, content: 7, full).Refusal);
        Assert.Equal(MediaStatus.Duplicate, Take(_job.Job.Decide(
            Some.Create(3, "declared") with { Sha256 = Some.Hash(7), Length = 1007 }, _job.Now, full)).Media!.Status);
        Assert.Equal(Refusal.JobFull, Store(4, content: 7, full).Refusal);
    }

    [Fact]
    public void A_job_that_has_more_than_it_takes_by_now_takes_what_has_no_bytes()
    {
        var lowered = new JobLimits(Media: null, Bytes: 1000);
        _job.Store(1, content: 7);

        Assert.Equal(Refusal.None, Store(2, content: 7, lowered).Refusal);
        Assert.Equal(Refusal.JobFull, Store(3, content: 3, lowered).Refusal);
    }

    [Fact]
    public void Whatever_ends_without_a_media_gives_its_room_back()
    {
        Create(1, s_twoMedia, length: 5);
        _job.Store(2, content: 2);
        Assert.Equal(Refusal.JobFull, Create(3, s_twoMedia).Refusal);

        _job.Do(Some.Fail(1, "blob-1", Some.Termination));
        Assert.Equal(0, _job.Job.OpenBytes);
        Assert.Equal(Refusal.None, Create(3, s_twoMedia).Refusal);
        _job.Do(Some.Delete(2));
        Assert.Equal(Refusal.None, Create(4, s_twoMedia).Refusal);
    }

    [Fact]
    public void A_repeated_creation_finds_its_upload_in_a_full_job()
    {
        Create(1, s_twoMedia, length: 5);
        _job.Store(2, content: 2);

        Assert.Equal(
            (Refusal.None, false),
            (Create(1, s_twoMedia, length: 5).Refusal, Create(1, s_twoMedia, length: 5).Started));
        Assert.Equal(Refusal.None, Create(2, s_twoMedia, length: Some.Length(2)).Refusal);
    }

    [Fact]
    public void A_device_that_may_open_no_more_may_still_do_what_opens_none()
    {
        _job.Store(1, content: 7);
        _job.Do(Some.Create(2, "open"));
        CreateReply Creates(int media, int? content = null) =>
            _job.Do(Some.Create(media, "more") with
            {
                IsOneTooMany = true,
                Sha256 = content is { } c ? Some.Hash(c) : null
            });

        Assert.Equal(Refusal.TooManyOpen, Creates(3).Refusal);
        Assert.Null(_job.Job.Find(Some.Media(3)));
        Assert.Equal((Some.Blob("open"), false), (Creates(2).Media!.Incoming, Creates(2).Started));
        Assert.True(Creates(1).Media!.IsSafe);
        Assert.Equal(MediaStatus.Duplicate, Creates(4, content: 7).Media!.Status);
    }

    [Fact]
    public void A_length_that_is_said_later_takes_its_room_once()
    {
        Create(1, s_twoContents, length: null);
        Create(2, s_twoContents, length: null);

        Assert.True(_job.Job.TakeRoom(Some.Media(1), 1500, s_twoContents));
        Assert.True(_job.Job.TakeRoom(Some.Media(1), 1500, s_twoContents));
        Assert.False(_job.Job.TakeRoom(Some.Media(2), 502, s_twoContents));
        Assert.Equal(1500, _job.Job.OpenBytes);
        Assert.Equal(Refusal.JobFull, Create(3, s_twoContents, length: 502).Refusal);
        Assert.True(_job.Job.TakeRoom(Some.Media(2), 501, s_twoContents));
    }

    [Fact]
    public void The_room_of_a_length_that_was_said_later_is_given_back_with_its_upload()
    {
        Create(1, s_twoContents, length: null);
        _job.Job.TakeRoom(Some.Media(1), 2001, s_twoContents);

        _job.Do(Some.Fail(1, "blob-1", Some.Expiry));

        Assert.Equal(0, _job.Job.OpenBytes);
        Assert.Equal(Refusal.None, Take(_job.Job.Decide(Some.Create(1, "again"), _job.Now, s_twoContents)).Refusal);
        Assert.Equal(0, _job.Job.OpenBytes);
    }

    [Fact]
    public void A_job_that_is_loaded_again_knows_the_lengths_of_its_uploads()
    {
        Create(1, s_twoContents, length: 500);
        Create(2, s_twoContents, length: null);
        Create(3, s_twoContents, length: null);
        UploadRow[] rows = [Row(1, 500), Row(2, 700), Row(3, null)];

        var loaded = new Job(Some.Job, _job.Snapshot with { Uploads = rows });

        Assert.Equal(1200, loaded.OpenBytes);
    }

    /// <summary>
    /// The disk may have lost the only other copy, so the device must not be told to drop its own.
    /// </summary>
    [Fact]
    public void What_brings_back_damaged_bytes_always_has_room()
    {
        var full = new JobLimits(Media: 1, Bytes: 1);
        _job.Store(1, content: 7);
        _job.Do(new ReportBytes { Content = Some.ContentOf("blob-1"), Sha256 = Some.Hash(7), Damage = "gone" });
        _job.Store(2, content: 2);

        Assert.Equal(Refusal.JobFull, Create(3, full, length: Some.Length(7)).Refusal);
        Assert.Equal(Refusal.None, Store(3, content: 7, full).Refusal);
        _job.Do(new ReportBytes { Content = Some.ContentOf("blob-2"), Sha256 = Some.Hash(2), Damage = "gone" });
        Assert.Equal(Refusal.None, Create(2, full, length: Some.Length(2)).Refusal);
    }

    private CreateReply Create(int media, JobLimits limits, long? length = null) =>
        Take(_job.Job.Decide(Some.Create(media, $"blob-{media}") with { Length = length }, _job.Now, limits));

    private CompleteReply Store(int media, int content, JobLimits limits) =>
        Take(_job.Job.Decide(
            Some.Create(media, $"whole-{media}"), Some.Complete(media, $"whole-{media}", content), _job.Now, limits));

    private TReply Take<TReply>(Decision<TReply> decision) => _job.Take(decision);

    private static UploadRow Row(int media, long? length) =>
        Some.Create(media, $"blob-{media}").ToRow(Some.Job) with { Length = length };
}
