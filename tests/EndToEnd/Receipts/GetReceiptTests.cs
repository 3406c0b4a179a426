using OrleansIngest.EndToEnd.Api;
using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Receipts;

/// <summary><c>Jobs.GetReceipt</c>, for those who were not there when the last byte came.</summary>
[Collection(ApiCollection.Name)]
public sealed class GetReceiptTests(ApiServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly GrpcJs _grpc = fixture.Grpc;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    [Fact]
    public async Task What_is_stored_or_a_duplicate_has_a_receipt()
    {
        var (photo, duplicate) = (TestMedia.Photo(12), Fresh.Media());
        await Upload.CreateWith(_job, _media, photo, photo.Length).Run(_server);
        await Upload.CreateWith(_job, duplicate, photo, photo.Length).Run(_server);

        await MustProve(photo, _media);
        await MustProve(photo, duplicate);
    }

    [Fact]
    public async Task What_has_not_arrived_or_is_gone_has_none()
    {
        await Upload.CreateWith(_job, _media, [1, 2], 3).Run(_server);

        await Refused(Status.NotFound, "media-not-stored", _job, _media.ToString());
        await Refused(Status.NotFound, "media-not-found", _job, Fresh.Media().ToString());
        await Refused(Status.InvalidArgument, "invalid-id", _job, "photo-1");
        await Refused(Status.InvalidArgument, "invalid-key", "../x", _media.ToString());
        await _grpc.DeleteMedia(_job, _media);
        await Refused(Status.FailedPrecondition, "media-deleted", _job, _media.ToString());
    }

    private async Task MustProve(byte[] bytes, Guid media)
    {
        var receipt = await _grpc.Call<Receipt>(
            "Jobs/GetReceipt", new GetReceiptRequest { Job = _job, Media = media.ToString() });

        var claims = (await PublishedKeys.Of(_server)).Read(receipt.Jws);
        Assert.Equal(new Claims(_job, media, bytes.Length, TestMedia.Sha256(bytes), claims?.Iat ?? 0), claims);
    }

    private async Task Refused(int code, string error, string job, string media)
    {
        var failure = await _grpc.Fail("Jobs/GetReceipt", new GetReceiptRequest { Job = job, Media = media });
        Assert.Equal((code, error), (failure.Code, failure.IngestError));
    }
}
