using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>gRPC calls that many tests make.</summary>
internal static class GrpcCalls
{
    public static Task<Job> GetJob(this GrpcJs grpc, string job) =>
        grpc.Call<Job>("Jobs/GetJob", new GetJobRequest { Job = job });

    public static Task<ListMediaResponse> ListMedia(this GrpcJs grpc, ListMediaRequest request) =>
        grpc.Call<ListMediaResponse>("Jobs/ListMedia", request);

    /// <summary>Lists the media of all pages.</summary>
    public static async Task<List<Media>> ListAllMedia(this GrpcJs grpc, string job)
    {
        var media = new List<Media>();
        var request = new ListMediaRequest { Job = job, PageSize = 50 };
        do
        {
            var page = await grpc.ListMedia(request);
            media.AddRange(page.Media);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return media;
    }

    /// <summary>A media as the list shows it. Fails if the media is not in the list.</summary>
    public static async Task<Media> FindMedia(this GrpcJs grpc, string job, Guid id) =>
        (await grpc.ListAllMedia(job)).Single(m => m.Media_ == id.ToString());

    public static Task<DeleteMediaResponse> DeleteMedia(
        this GrpcJs grpc, string job, Guid media, bool withDuplicates = false) =>
        grpc.Call<DeleteMediaResponse>(
            "Jobs/DeleteMedia",
            new DeleteMediaRequest { Job = job, Media = media.ToString(), WithDuplicates = withDuplicates });

    public static Task<ReportQueueResponse> Report(
        this GrpcJs grpc, string device, long revision, params QueuedFile[] files) =>
        grpc.Call<ReportQueueResponse>(
            "Devices/ReportQueue", new ReportQueueRequest { Device = device, Revision = revision, Files = { files } });

    public static Task<Device> GetDevice(this GrpcJs grpc, string device) =>
        grpc.Call<Device>("Devices/GetDevice", new GetDeviceRequest { Device = device });
}
