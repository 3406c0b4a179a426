using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Jobs;

public sealed class LiveUploadsTests
{
    private readonly LivedJob _job = new();
    private readonly LiveUploads _live = new();

    [Fact]
    public void After_a_restart_uploads_are_at_their_durable_offsets_and_do_not_move()
    {
        _job.Do(Some.Create(1, "here"));
        _live.Restore([Row(1, durable: 40)]);
        Assert.Equal((40, 100), (_live.Offset(Some.Media(1)), _live.Length(Some.Media(1))));
        Assert.False(_live.IsMoving(Some.Media(1), Some.Morning));
        Assert.Equal(0, _live.Moving(_job.Job, Some.Morning));
    }

    [Fact]
    public void Those_that_had_a_byte_lately_are_counted_as_moving()
    {
        foreach (var media in new[] { 1, 2, 3 })
            _job.Do(Some.Create(media, $"blob-{media}"));
        Receive(1, Some.Morning);
        Receive(2, Some.Morning.AddSeconds(20));
        Assert.Equal(2, _live.Moving(_job.Job, Some.Morning.AddSeconds(29)));
        Assert.Equal(1, _live.Moving(_job.Job, Some.Morning.AddSeconds(30)));
    }

    [Fact]
    public void One_that_ended_on_another_node_is_not_counted()
    {
        _job.Do(Some.Create(1, "blob-1"));
        Receive(1, Some.Morning);
        _job.Do(Some.Complete(1, "blob-1", content: 7));
        Assert.Equal((0, 0), (_live.Moving(_job.Job, Some.Morning), _job.Job.Counts.Open));
    }

    [Fact]
    public void One_that_is_removed_is_forgotten()
    {
        Receive(1, Some.Morning);
        _live.Remove(Some.Media(1));
        Assert.Equal((0, null), (_live.Offset(Some.Media(1)), _live.Length(Some.Media(1))));
        Assert.False(_live.IsMoving(Some.Media(1), Some.Morning));
    }

    private void Receive(int media, DateTimeOffset at) =>
        _live.Received(new ChunkReceived(Some.Media(media), "phone-1", 40, 100, at));

    private static UploadRow Row(int media, long durable) => new()
    {
        Job = Some.Job,
        Media = Some.Media(media),
        Incoming = Some.Blob("here"),
        Device = "phone-1",
        Length = 100,
        RawMetadata = "",
        LastByteAt = TimeSpan.Zero,
        DurableOffset = durable,
    };
}
