using System.IO.Pipelines;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Unit.Tests.Support;
using OrleansIngest.Uploads;

namespace OrleansIngest.Unit.Tests.Uploads;

/// <summary>
/// One request at a time holds an upload. A later one stops it, but not too often.
/// </summary>
public sealed class UploadLockTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly FakeTime _time = new();
    private readonly CachedUpload _upload;

    public UploadLockTests() => _upload = new CachedUpload(new UploadState(
        new UploadRow
        {
            Job = Some.Job,
            Media = Some.Media(1),
            Incoming = BlobId.NewFile(),
            Device = "",
            Length = 1000,
            RawMetadata = "",
            LastByteAt = TimeSpan.Zero,
        }, offset: 0), _time);

    [Fact]
    public async Task Who_comes_first_has_it_at_once()
    {
        using var hold = await Take();

        Assert.Same(hold, _upload.Lock.Holder);
        Assert.False(hold.IsStopped);
    }

    [Fact]
    public async Task Who_comes_later_stops_the_holder_and_has_it_when_that_lets_go()
    {
        var first = await Take();
        var second = Take();
        Assert.True(first.IsStopped);
        Assert.False(second.IsCompleted);

        first.Dispose();

        Assert.Same(await second, _upload.Lock.Holder);
    }

    [Fact]
    public async Task A_holder_that_waits_for_its_client_is_woken()
    {
        var pipe = new Pipe();
        var first = await Take();
        first.Reads(pipe.Reader);
        var read = pipe.Reader.ReadAsync().AsTask();

        var second = Take();

        Assert.True((await read).IsCanceled);
        first.Dispose();
        await second;
    }

    [Fact]
    public async Task The_fourth_who_takes_a_moving_upload_within_ten_seconds_is_refused_and_stops_nobody()
    {
        var holder = await TakeOver(times: TakeOvers.Limit);
        _time.Advance(TakeOvers.Window - TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<TimeoutException>(Take);

        Assert.False(holder.IsStopped);
        _time.Advance(TimeSpan.FromSeconds(1));
        var next = Take();
        Assert.True(holder.IsStopped);
        holder.Dispose();
        await next;
    }

    [Fact]
    public async Task A_silent_holder_may_be_replaced_as_often_as_one_likes()
    {
        var holder = await Take();
        for (var i = 0; i < 10; i++)
        {
            holder.Waits();
            _time.Advance(TimeSpan.FromMilliseconds(500));
            var next = Take();
            holder.Dispose();
            holder = await next;
        }
    }

    [Fact]
    public async Task So_may_one_that_receives_no_bytes()
    {
        var holder = await Take();
        for (var i = 0; i < 10; i++)
        {
            var next = Take();
            holder.Dispose();
            holder = await next;
        }
    }

    [Fact]
    public async Task Silence_is_the_time_that_the_client_takes_and_not_the_disk()
    {
        using var hold = await Take();
        _time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal((TimeSpan.Zero, false), (hold.Silence, hold.IsSilent));

        hold.Waits();
        _time.Advance(TimeSpan.FromMilliseconds(499));
        Assert.False(hold.IsSilent);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal((TimeSpan.FromMilliseconds(500), true), (hold.Silence, hold.IsSilent));

        hold.Moves();
        Assert.False(hold.IsSilent);
    }

    [Fact]
    public async Task Who_wakes_a_holder_does_not_end_its_clients_silence()
    {
        using var hold = await Take();
        hold.Waits();
        _time.Advance(TimeSpan.FromMilliseconds(300));
        hold.Moves(hasBytes: false);
        _time.Advance(TimeSpan.FromSeconds(7)); // of the disk
        Assert.False(hold.IsSilent);

        hold.Waits();
        _time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.True(hold.IsSilent);
        hold.Moves();
        hold.Waits();
        Assert.Equal(TimeSpan.Zero, hold.Silence);
    }

    [Fact]
    public async Task All_who_ask_for_an_offset_wake_the_holder_once_and_stop_it_not()
    {
        var pipe = new Pipe();
        using var hold = await Take();
        hold.Reads(pipe.Reader);
        _upload.State.Offset = 300;
        var read = pipe.Reader.ReadAsync().AsTask();

        var asked = Task.WhenAll(Publish(), Publish());

        Assert.Equal((true, false), ((await read).IsCanceled, hold.IsStopped));
        pipe.Reader.AdvanceTo((await read).Buffer.End);
        Assert.False(pipe.Reader.ReadAsync().AsTask().IsCompleted);
        Assert.Equal((true, false), (hold.IsAsked, asked.IsCompleted));
        hold.WasPublished();
        await asked;
        Assert.False(hold.IsAsked);
    }

    [Fact]
    public async Task A_holder_of_which_all_is_safe_is_not_asked()
    {
        using var hold = await Take();
        _upload.State.Offset = _upload.State.SafeOffset = 300;

        await Publish();

        Assert.False(hold.IsAsked);
    }

    [Fact]
    public async Task A_holder_that_lets_go_has_told_what_it_had()
    {
        var hold = await Take();
        _upload.State.Offset = 300;
        var asked = Publish();

        hold.Dispose();

        await asked;
        await Publish(); // nor is anybody there to be asked
    }

    [Fact]
    public async Task A_holder_knows_where_it_began()
    {
        using (await Take())
            _upload.State.Offset = 300;

        using var second = await Take();
        _upload.State.Offset = 500;

        Assert.Equal(300, second.Start);
    }

    [Fact]
    public async Task Nobody_can_take_what_has_ended()
    {
        var first = await Take();
        var second = Take();
        _upload.Lock.Close();
        first.Dispose();

        Assert.Null(await second);
    }

    private Task<UploadRefusal?> Publish() => OpenUploads.Publish(_upload, CancellationToken.None);

    private async Task<UploadLease> Take() =>
        (await _upload.Lock.Acquire(_upload.State, s_patience, CancellationToken.None))!;

    private async Task<UploadLease> TakeOver(int times)
    {
        var holder = await Take();
        holder.Reads(new Pipe().Reader);
        for (var i = 0; i < times; i++)
        {
            var next = Take();
            holder.Dispose();
            holder = await next;
            holder.Reads(new Pipe().Reader);
        }
        return holder;
    }
}
