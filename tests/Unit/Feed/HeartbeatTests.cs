using OrleansIngest.Protos.V1;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Feed;

/// <summary>Who hears nothing for 15 seconds hears that, and up to which event it is true.</summary>
public sealed class HeartbeatTests : FeedFixture
{
    [Fact]
    public async Task After_15_seconds_of_silence_a_heartbeat_says_what_the_last_event_is()
    {
        Commit(7);
        var cursor = await Watch(7);
        var next = cursor.Next(CancellationToken.None);
        Time.Advance(TimeSpan.FromSeconds(14.999));
        Assert.False(next.IsCompleted);
        Time.Advance(TimeSpan.FromSeconds(0.001));
        var heartbeat = (await Decoded(next)).Single();
        Assert.Equal((0, 7), (heartbeat.Seq, heartbeat.Heartbeat.Head));
        Assert.Equal(Some.Morning.AddSeconds(15), heartbeat.At.ToDateTimeOffset());
        Assert.Equal(7, cursor.After);
    }

    [Fact]
    public async Task Heartbeats_come_again_and_again()
    {
        var cursor = await Watch(0);
        await Nothing(cursor);
        await Nothing(cursor);
        Commit();
        await TakeTo(cursor, 1);
    }

    [Fact]
    public async Task An_event_ends_the_silence()
    {
        var cursor = await Watch(0);
        var next = cursor.Next(CancellationToken.None);
        Time.Advance(TimeSpan.FromSeconds(14));
        Commit();
        Assert.Equal([1], (await Decoded(next)).Select(e => e.Seq));
        next = cursor.Next(CancellationToken.None);
        Time.Advance(TimeSpan.FromSeconds(14));
        Assert.False(next.IsCompleted);
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, (await Decoded(next)).Single().Heartbeat.Head);
    }

    [Fact]
    public async Task A_doorbell_for_others_does_not_put_a_heartbeat_off()
    {
        using var progress = await Feed.Watch(Some.Job, 0, progress: true);
        var next = (await Watch(0)).Next(CancellationToken.None);
        Time.Advance(TimeSpan.FromSeconds(10));
        var waitsAgain = Time.NextTimer;
        Hint(7, offset: 1);
        await waitsAgain.WaitAsync(Patience);
        Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(ActivityEvent.WhatOneofCase.Heartbeat, (await Decoded(next)).Single().WhatCase);
    }
}
