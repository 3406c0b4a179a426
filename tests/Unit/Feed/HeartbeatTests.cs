using OrleansIngest.Protos.V1;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Feed;

/// <summary>
/// A watcher that has heard nothing for 15 seconds gets a heartbeat, and so
/// knows that it has everything.
/// </summary>
public sealed class HeartbeatTests : FeedFixture
{
    [Fact]
    public async Task After_15_seconds_of_silence_a_heartbeat_comes()
    {
        Commit(7);
        var cursor = Watch(7);
        var next = cursor.Next();
        Time.Advance(TimeSpan.FromSeconds(14.999));
        Assert.False(next.IsCompleted);
        Time.Advance(TimeSpan.FromSeconds(0.001));
        var heartbeat = (await Decoded(next)).Single();
        Assert.NotNull(heartbeat.Heartbeat);
        Assert.Equal((0, ""), (heartbeat.Seq, heartbeat.Job));
        Assert.Equal(Some.Morning.AddSeconds(15), heartbeat.At.ToDateTimeOffset());
        Assert.Equal(7, cursor.After.Seq);
    }

    [Fact]
    public async Task Heartbeats_come_again_and_again()
    {
        var cursor = Watch(0);
        await Nothing(cursor);
        await Nothing(cursor);
        Commit();
        await TakeTo(cursor, 1);
    }

    [Fact]
    public async Task An_event_ends_the_silence()
    {
        var cursor = Watch(0);
        var next = cursor.Next();
        Time.Advance(TimeSpan.FromSeconds(14));
        Commit();
        Assert.Equal([1], (await Decoded(next)).Select(e => e.Seq));
        next = cursor.Next();
        Time.Advance(TimeSpan.FromSeconds(14));
        Assert.False(next.IsCompleted);
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull((await Decoded(next)).Single().Heartbeat);
    }

    [Fact]
    public async Task A_doorbell_with_nothing_behind_it_does_not_put_a_heartbeat_off()
    {
        var next = Watch(0).Next();
        Time.Advance(TimeSpan.FromSeconds(10));
        var waitsAgain = Time.NextTimer;
        Reset();
        await waitsAgain.WaitAsync(Patience);
        Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(ActivityEvent.WhatOneofCase.Heartbeat, (await Decoded(next)).Single().WhatCase);
    }
}
