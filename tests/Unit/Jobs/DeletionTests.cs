using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Protos.V1;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Jobs;

/// <summary>The life of a media id: "deleted", and what becomes of duplicates.</summary>
public sealed class DeletionTests
{
    private readonly LivedJob _job = new();

    [Fact]
    public void Deleted_is_final()
    {
        _job.Store(1, content: 7);
        Assert.Equal([_job.Media(1).Content!], _job.Do(Some.Delete(1)).Unneeded);
        Assert.Equal(Refusal.Deleted, _job.Do(Some.Create(1, "again")).Refusal);
        Assert.Equal(Refusal.Deleted, _job.Do(Some.Create(1, "again"), Some.Complete(1, "again", content: 8)).Refusal);
        Assert.Equal(Refusal.Deleted, _job.Do(Some.Complete(1, "blob-1", content: 7)).Refusal);
        Assert.Equal(Refusal.Deleted, _job.Do(Some.Fail(1, "blob-1", Some.Expiry)).Refusal);
        Assert.Equal((MediaStatus.Deleted, 3), (_job.Media(1).Status, _job.Rows.Count));
    }

    [Fact]
    public void Deleting_an_id_that_never_arrived_leaves_a_tombstone_so_that_it_never_will()
    {
        var reply = _job.Do(Some.Delete(1));
        Assert.Equal([Some.Media(1)], reply.Deleted);
        Assert.Empty(reply.Unneeded);
        Assert.Equal(Refusal.Deleted, _job.Do(Some.Create(1, "here")).Refusal);
        Assert.Equal(1, _job.Job.Counts.Deleted);
    }

    [Fact]
    public void Deleting_an_open_upload_frees_its_blob_and_what_still_comes_of_it()
    {
        _job.Do(Some.Create(1, "here"));
        Assert.Equal([Some.Blob("here")], _job.Do(Some.Delete(1)).Unneeded);
        var late = _job.Do(Some.Complete(1, "here", content: 7));
        Assert.Equal(Refusal.Deleted, late.Refusal);
        Assert.Equal([Some.ContentOf("here")], late.Unneeded);
    }

    [Fact]
    public void A_deleted_media_keeps_its_device_and_nothing_else_that_was_said_of_it()
    {
        _job.Do(Some.Create(1, "here") with { Description = new() { Filename = "private.jpg" } });
        _job.Do(Some.Complete(1, "here", content: 7));
        _job.Do(Some.Delete(1));
        var media = _job.Media(1);
        Assert.Equal(
            ("phone-1", MediaDescription.None, (BlobId?)null),
            (media.Device, media.Description, media.Content));
        Assert.Null(media.Sha256);
    }

    [Fact]
    public void Deleting_an_original_promotes_its_earliest_duplicate_in_the_same_decision()
    {
        StoreCopies();
        var content = _job.Media(1).Content!;
        var reply = _job.Do(Some.Delete(1));
        Assert.Equal(Some.Media(3), reply.Promoted);
        Assert.Empty(reply.Unneeded);
        Assert.Equal(
            (MediaStatus.Stored, null, content),
            (_job.Media(3).Status, _job.Media(3).DuplicateOf, _job.Media(3).Content));
        Assert.Equal(
            [
                (ActivityEvent.WhatOneofCase.MediaDeleted, Some.Media(1)),
                (ActivityEvent.WhatOneofCase.MediaPromoted, Some.Media(3))
            ],
            _job.Events.TakeLast(2).Select(e => (e.Public.WhatCase, Guid.Parse(e.Public.Media))));
        Assert.Equal(Some.Media(1).ToString(), _job.Events.Last().Public.MediaPromoted.FromMedia);
    }

    [Fact]
    public void The_other_duplicates_follow_the_promoted_one_in_their_order()
    {
        StoreCopies();
        _job.Do(Some.Delete(1));
        Assert.Equal([Some.Media(2), Some.Media(4)], _job.Job.DuplicatesOf(Some.Media(3)));
        Assert.Equal(Some.Media(3), _job.Media(4).DuplicateOf);
        Assert.Equal(Some.Media(2), _job.Do(Some.Delete(3)).Promoted);
    }

    [Fact]
    public void The_bytes_are_freed_with_the_last_media_that_lives_on_them()
    {
        StoreCopies();
        var content = _job.Media(1).Content!;
        foreach (var media in new[] { 2, 1, 4 })
            Assert.Empty(_job.Do(Some.Delete(media)).Unneeded);
        Assert.Equal([content], _job.Do(Some.Delete(3)).Unneeded);
    }

    [Fact]
    public void A_late_completion_of_the_deleted_original_does_not_free_its_heirs_bytes()
    {
        StoreCopies();
        _job.Do(Some.Delete(1));
        Assert.Empty(_job.Do(Some.Complete(1, "blob-1", content: 7)).Unneeded);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Deleting_with_duplicates_deletes_all_whichever_is_named(int named)
    {
        StoreCopies();
        var content = _job.Media(1).Content!;
        var reply = _job.Do(Some.Delete(named, withDuplicates: true));
        Assert.Equal([1, 2, 3, 4], reply.Deleted.Select(Some.Number).Order());
        Assert.Equal([content], reply.Unneeded);
        Assert.Null(reply.Promoted);
        Assert.Equal((4, 0), (_job.Job.Counts.Deleted, _job.Job.Counts.Total));
    }

    [Fact]
    public void A_hash_whose_media_are_all_deleted_is_new_again()
    {
        StoreCopies();
        _job.Do(Some.Delete(1, withDuplicates: true));
        Assert.Null(_job.Job.FindOriginal(Some.Hash(7)));
        Assert.Equal(MediaStatus.Stored, _job.Store(5, content: 7).Media!.Status);
    }

    /// <summary>
    /// Media 1, and its duplicates in the order in which they were complete: 3, 2, 4.
    /// </summary>
    private void StoreCopies()
    {
        _job.Do(Some.Create(2, "blob-2"));
        _job.Store(1, content: 7);
        _job.Store(3, content: 7);
        _job.Do(Some.Complete(2, "blob-2", content: 7));
        _job.Store(4, content: 7);
    }
}
