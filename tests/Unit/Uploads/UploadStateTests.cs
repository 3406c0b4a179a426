using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Unit.Tests.Support;
using OrleansIngest.Uploads;

namespace OrleansIngest.Unit.Tests.Uploads;

/// <summary>
/// A client goes on at the offset that it was told, whatever came meanwhile on the
/// connection that it had lost.
/// </summary>
public sealed class UploadStateTests
{
    private readonly UploadState _upload = new(
        new UploadRow
        {
            Job = Some.Job,
            Media = Some.Media(1),
            Incoming = BlobId.NewFile(),
            Device = "",
            Length = 1000,
            RawMetadata = "",
            LastByteAt = TimeSpan.Zero,
        }, offset: 0);

    [Fact]
    public void A_promise_is_kept_although_more_has_come_since()
    {
        _upload.Offset = _upload.SafeOffset = 300;
        Assert.Equal(300, _upload.Promise());
        _upload.Offset = _upload.SafeOffset = 500;

        Assert.True(_upload.TryGoBack(300));

        Assert.Equal((300, 300), (_upload.Offset, _upload.SafeOffset));
        Assert.False(_upload.TryGoBack(300));
    }

    [Fact]
    public void Nothing_is_taken_back_that_somebody_was_told()
    {
        _upload.Offset = _upload.SafeOffset = 300;
        _upload.Promise();
        _upload.Tell();
        _upload.Offset = _upload.SafeOffset = 500;
        _upload.Tell();

        Assert.False(_upload.TryGoBack(300));
    }

    [Fact]
    public void Nor_what_a_client_knows_that_went_on_beyond_it()
    {
        _upload.Offset = _upload.SafeOffset = 300;
        _upload.Promise();
        _upload.Offset = _upload.SafeOffset = 500;

        Assert.False(_upload.TryGoBack(500));
        Assert.False(_upload.TryGoBack(300));
    }

    [Fact]
    public void Nor_is_anything_once_all_bytes_are_here()
    {
        _upload.Offset = _upload.SafeOffset = 300;
        _upload.Promise();
        _upload.Offset = 1000;

        Assert.False(_upload.TryGoBack(300));
    }
}
