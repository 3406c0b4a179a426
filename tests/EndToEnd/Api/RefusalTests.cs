using Google.Protobuf;
using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Api;

/// <summary>Every call that cannot be meant says so with gRPC's status and our own code.</summary>
[Collection(ApiCollection.Name)]
public sealed class RefusalTests(ApiServer fixture)
{
    private const string Id = "0192f0c1-7a4e-7cc3-98c4-dc0c0c07398f";
    private readonly GrpcJs _grpc = fixture.Grpc;

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("../x")]
    [InlineData("roof 7")]
    [InlineData("dächer")]
    public async Task A_key_that_is_none_is_an_invalid_key(string key)
    {
        await Invalid("invalid-key", "Jobs/GetJob", new GetJobRequest { Job = key });
        await Invalid("invalid-key", "Jobs/ListMedia", new ListMediaRequest { Job = key });
        await Invalid("invalid-key", "Jobs/FindDuplicates", new FindDuplicatesRequest { Job = key });
        await Invalid("invalid-key", "Jobs/DeleteMedia", new DeleteMediaRequest { Job = key, Media = Id });
        await Invalid("invalid-key", "Devices/GetDevice", new GetDeviceRequest { Device = key });
        await Invalid("invalid-key", "Devices/ReportQueue", new ReportQueueRequest { Device = key, Revision = 1 });
        await Invalid(
            "invalid-key",
            "Devices/ReportQueue",
            Report(new QueuedFile { Job = key, Media = Id, State = QueueState.QueueQueued }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("photo-1")]
    [InlineData("{0192f0c1-7a4e-7cc3-98c4-dc0c0c07398f}")]
    public async Task An_id_that_is_no_UUID_is_an_invalid_id(string id)
    {
        await Invalid("invalid-id", "Jobs/DeleteMedia", new DeleteMediaRequest { Job = "roof-7", Media = id });
        await Invalid(
            "invalid-id",
            "Devices/ReportQueue",
            Report(new QueuedFile { Job = "roof-7", Media = id, State = QueueState.QueueQueued }));
    }

    [Fact]
    public async Task Hashes_beyond_1500_or_of_another_length_are_refused()
    {
        var hash = ByteString.CopyFrom(new byte[32]);

        await Invalid("invalid-argument", "Jobs/FindDuplicates", Find([.. Enumerable.Repeat(hash, 1501)]));
        await Invalid("invalid-argument", "Jobs/FindDuplicates", Find(ByteString.CopyFrom(new byte[31])));
        await Invalid("invalid-argument", "Jobs/FindDuplicates", Find(ByteString.Empty));
    }

    [Theory]
    [InlineData(-1, "")]
    [InlineData(10, "no token")]
    [InlineData(10, "!")]
    public async Task Pages_that_cannot_be_are_refused(int size, string token)
    {
        await Invalid(
            "invalid-argument",
            "Jobs/ListMedia",
            new ListMediaRequest { Job = "roof-7", PageSize = size, PageToken = token });
        await Invalid("invalid-argument", "Jobs/ListJobs", new ListJobsRequest { PageSize = size, PageToken = token });
        var device = new GetDeviceRequest { Device = "phone-1", PageSize = size, PageToken = token };
        await Invalid("invalid-argument", "Devices/GetDevice", device);
    }

    [Fact]
    public async Task A_page_token_of_another_list_is_refused()
    {
        var ofJobs = Convert.ToBase64String("roof-7"u8);

        await Invalid(
            "invalid-argument", "Jobs/ListMedia", new ListMediaRequest { Job = "roof-7", PageToken = ofJobs });
    }

    [Fact]
    public async Task Reports_that_cannot_be_meant_are_refused()
    {
        var file = new QueuedFile { Job = "roof-7", Media = Id, State = QueueState.QueueQueued };

        await Invalid(
            "invalid-argument", "Devices/ReportQueue", new ReportQueueRequest { Device = "phone-1", Revision = 0 });
        await Invalid(
            "invalid-argument", "Devices/ReportQueue", new ReportQueueRequest { Device = "phone-1", Revision = -1 });
        await Invalid("invalid-argument", "Devices/ReportQueue", Report(new QueuedFile(file) { Length = -1 }));
        await Invalid(
            "invalid-argument", "Devices/ReportQueue", Report(new QueuedFile(file) { State = QueueState.Unspecified }));
        await Invalid("invalid-argument", "Devices/ReportQueue", Report([.. Enumerable.Repeat(file, 5001)]));
    }

    [Fact]
    public async Task A_report_that_is_too_large_is_refused_with_an_error_of_its_own()
    {
        var file =
            new QueuedFile { Job = "roof-7", Media = Id, State = QueueState.QueueQueued, Filename = new('x', 1024) };
        var report = Report([.. Enumerable.Repeat(file, 4000)]);

        await Refused(Status.ResourceExhausted, "message-too-large", "Devices/ReportQueue", report);
    }

    [Fact]
    public async Task What_nobody_has_heard_of_is_not_found()
    {
        await Refused(Status.NotFound, "job-not-found", "Jobs/GetJob", new GetJobRequest { Job = Fresh.Job() });
        await Refused(
            Status.NotFound, "device-not-found", "Devices/GetDevice", new GetDeviceRequest { Device = Fresh.Device() });
    }

    private Task Invalid(string error, string method, IMessage request) =>
        Refused(Status.InvalidArgument, error, method, request);

    private async Task Refused(int code, string error, string method, IMessage request)
    {
        var failure = await _grpc.Fail(method, request);
        Assert.Equal((code, error), (failure.Code, failure.IngestError));
        Assert.NotEmpty(failure.Details);
    }

    private static FindDuplicatesRequest Find(params ByteString[] hashes) =>
        new() { Job = "roof-7", Sha256 = { hashes } };

    private static ReportQueueRequest Report(params QueuedFile[] files) =>
        new() { Device = "phone-1", Revision = 1, Files = { files } };
}
