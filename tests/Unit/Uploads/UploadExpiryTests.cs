using Microsoft.Extensions.Time.Testing;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Unit.Tests.Support;
using OrleansIngest.Uploads;

namespace OrleansIngest.Unit.Tests.Uploads;

public sealed class UploadExpiryTests
{
    private static readonly TimeSpan s_expiry = TimeSpan.FromDays(14);
    private static readonly UploadOptions s_options = new()
    {
        MaxSize = 1,
        Expiry = s_expiry,
        BodySilence = TimeSpan.FromSeconds(30),
        MaxOpenPerDevice = 0,
        JpegOnlyJobs = [],
    };

    private static readonly TimeSpan s_grace = TimeSpan.FromHours(1);

    private readonly Running _running = new() { Now = TimeSpan.FromDays(100), Since = TimeSpan.FromDays(50) };
    private readonly FakeTimeProvider _time = new(Some.Morning);
    private readonly UploadExpiry _uploads;

    public UploadExpiryTests() => _uploads = new UploadExpiry(null!, _running, s_options, _time);

    [Fact]
    public void An_upload_has_its_whole_time_after_the_last_byte()
    {
        Assert.Equal(s_expiry, _uploads.Left(LastByte(_running.Now)));
        Assert.Equal(s_expiry - TimeSpan.FromDays(4), _uploads.Left(LastByte(_running.Now - TimeSpan.FromDays(4))));
        Assert.Equal(TimeSpan.Zero, _uploads.Left(LastByte(_running.Now - s_expiry)));
        Assert.Equal(TimeSpan.Zero, _uploads.Left(LastByte(TimeSpan.Zero)));
    }

    [Fact]
    public void None_ends_before_the_server_has_run_for_a_while()
    {
        _running.Since = _running.Now;
        Assert.Equal(s_grace, _uploads.Left(LastByte(TimeSpan.Zero)));

        _running.Now += s_grace / 2;
        Assert.Equal(s_grace / 2, _uploads.Left(LastByte(TimeSpan.Zero)));

        _running.Now += s_grace / 2;
        Assert.Equal(TimeSpan.Zero, _uploads.Left(LastByte(TimeSpan.Zero)));
    }

    [Fact]
    public void A_client_hears_of_it_by_the_wall_clock()
    {
        Assert.Equal(Some.Morning + s_expiry, _uploads.Of(LastByte(_running.Now)));
        Assert.Null(_uploads.Of(LastByte(null)));
        Assert.Null(_uploads.Left(LastByte(null)));
    }

    private static UploadStatus LastByte(TimeSpan? at) =>
        new() { Job = Some.Job, Media = Some.Media(1), Offset = 0, Length = 1, LastByteAt = at };

    private sealed class Running : IRunningTime
    {
        public TimeSpan Now { get; set; }

        public TimeSpan Since { get; set; }
    }
}
