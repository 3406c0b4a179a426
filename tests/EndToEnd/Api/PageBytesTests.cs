using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Api;

/// <summary>
/// A page of a list fits into the longest message that clients take, however long file names are.
/// </summary>
[Collection(ApiCollection.Name)]
public sealed class PageBytesTests(ApiServer fixture)
{
    private const int Files = 1000;

    private static readonly string s_long = new('屋', 256); // three bytes each

    private readonly GrpcJs _grpc = fixture.Grpc;
    private readonly string _job = Fresh.Job();
    private readonly string _phone = Fresh.Device();

    [Fact]
    public async Task A_thousand_media_and_a_device_s_queue_of_as_many_come_in_pages_that_fit()
    {
        foreach (var lot in Enumerable.Range(0, Files).Select(File).Chunk(Files / 2))
            await _grpc.Report(_phone, 1, lot);

        var media = await Pages(async token =>
        {
            var page = await _grpc.ListMedia(new ListMediaRequest { Job = _job, PageSize = Files, PageToken = token });
            return (page.Media.Select(m => m.Media_), page.NextPageToken);
        });
        var queue = await Pages(async token =>
        {
            var page = await Queue(Files, token);
            return (page.Queue.Select(f => f.File.Media), page.NextPageToken);
        });

        Assert.Equal(Files, media.Distinct().Count());
        Assert.Equal(Files, media.Count);
        Assert.Equal(media.Order(), queue);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task Pages_of_a_queue_of_any_size_make_the_whole(int size)
    {
        await _grpc.Report(_phone, 1, [.. Enumerable.Range(0, 7).Select(File)]);

        var queue = await Pages(async token =>
        {
            var page = await Queue(size, token);
            Assert.InRange(page.Queue.Count, 1, size);
            return (page.Queue.Select(f => f.File.Media), page.NextPageToken);
        });

        Assert.Equal(7, queue.Count);
        Assert.Equal(queue.Distinct().Order(), queue);
    }

    private static async Task<List<string>> Pages(Func<string, Task<(IEnumerable<string> Items, string Next)>> read)
    {
        var all = new List<string>();
        var token = "";
        do
        {
            (var items, token) = await read(token);
            all.AddRange(items);
        }
        while (token.Length > 0);
        return all;
    }

    private Task<Device> Queue(int size, string token) => _grpc.Call<Device>(
        "Devices/GetDevice", new GetDeviceRequest { Device = _phone, PageSize = size, PageToken = token });

    private QueuedFile File(int number) => new()
    {
        Job = _job,
        Media = Fresh.Media().ToString(),
        State = QueueState.QueueQueued,
        Filename = s_long + s_long + s_long + s_long,
        Length = number,
        Section = s_long,
        Session = s_long,
    };
}
