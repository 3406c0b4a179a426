using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains.Calls;
using OrleansIngest.Grains.Devices;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.Gateway.Grpc;

/// <summary>Implements <c>ingest.v1.Devices</c> (protos/ingest/v1/devices.proto).</summary>
internal sealed class DevicesService(IGrainFactory grains, TimeProvider time, GrpcProblems problems)
    : Protos.V1.Devices.DevicesBase
{
    private const int MaxFiles = 5000;
    private const int MaxJobs = 100;

    /// <summary>
    /// Sends a report to the grains of the jobs first and to the device's grain last, as only the
    /// device's grain records the revision. If the call fails halfway and the client repeats it,
    /// the report reaches the same jobs again. The gateway calls all of them because grains never
    /// call each other.
    /// </summary>
    public override Task<ReportQueueResponse> ReportQueue(
        ReportQueueRequest request, ServerCallContext context) => problems.Answer(async () =>
    {
        var report = ToReport(request);
        var device = grains.Device(report.Device);
        var response = new ReportQueueResponse();
        foreach (var job in (await GrainCalls.Call(() => device.Concerned(report))).Keys)
        {
            var settled = await Announce(report, job);
            response.Settled.AddRange(settled.Select(file => ToProto(job, file)));
        }
        response.Revision = await GrainCalls.Call(() => device.Report(report));
        // One-way: if this message is lost, the device's next report repairs the queue.
        foreach (var settled in response.Settled.GroupBy(f => f.Job, f => Guid.Parse(f.Media)))
            GrainCalls.Tell(device.Settled(new SettledFiles(settled.Key, [.. settled], report.At)));
        return response;
    });

    public override Task<Device> GetDevice(
        GetDeviceRequest request, ServerCallContext context) => problems.Answer(async () =>
    {
        var key = Parse.RequiredDevice(request.Device);
        var (start, size) = (Pages.Start(request.PageToken), Pages.Size(request.PageSize));
        var view = await GrainCalls.Call(() => grains.Device(key).Get());
        return view is null
            ? throw new ProblemException(ProblemKind.DeviceNotFound, "This device never reported or sent anything.")
            : ToProto(key, view, start, size);
    });

    private Task<IReadOnlyList<Grains.Jobs.SettledFile>> Announce(QueueReport report, string job)
    {
        var part = report with { Files = [.. report.Files.Where(f => f.Job == job)] };
        return GrainCalls.Call(() => grains.Job(job).Announce(part));
    }

    private QueueReport ToReport(ReportQueueRequest request)
    {
        var jobs = request.Files.DistinctBy(f => f.Job).Count();
        if (request.Revision < 1 || request.Files.Count > MaxFiles || jobs > MaxJobs)
        {
            throw new ProblemException(
                ProblemKind.InvalidArgument,
                $"`revision` is 1 or more, and a report has at most {MaxFiles} files of {MaxJobs} jobs.");
        }
        return new QueueReport
        {
            Device = Parse.RequiredDevice(request.Device),
            Revision = request.Revision,
            At = time.GetUtcNow(),
            Files = [.. request.Files.Select(ToFile)],
            IsComplete = request.Complete,
            DisplayName = Parse.Text("display_name", request.DisplayName),
            Owner = Parse.Text("owner", request.Owner),
        };
    }

    private static Grains.Devices.QueuedFile ToFile(Protos.V1.QueuedFile file)
    {
        var hasState = System.Enum.IsDefined(file.State) && file.State != Protos.V1.QueueState.Unspecified;
        if (!hasState || file.Length < 0)
        {
            throw new ProblemException(
                ProblemKind.InvalidArgument, "Each file has a state, and a length of 0 or more.");
        }
        return new Grains.Devices.QueuedFile
        {
            Job = Parse.Job(file.Job),
            Media = Parse.Media(file.Media),
            State = (Grains.Devices.QueueState)file.State,
            Filename = Parse.Text("filename", file.Filename, Parse.MaxFilename),
            Length = file.Length,
            Section = Parse.Text("section", file.Section),
            Session = Parse.Text("session", file.Session),
            Message = Parse.Text("message", file.Message),
        };
    }

    /// <summary>
    /// Builds one page of the queue. A page token holds the last file of the page before, not an
    /// index: files leave the queue while a client reads the pages.
    /// </summary>
    private static Device ToProto(string key, DeviceView view, string start, int size)
    {
        var rest = view.Queue.Where(file => string.CompareOrdinal(SortKey(file), start) > 0)
            .OrderBy(SortKey, StringComparer.Ordinal).ToList();
        var page = Pages.Fit(rest.Take(size).Select(ToProto));
        return new Device
        {
            Device_ = key,
            DisplayName = view.DisplayName,
            Owner = view.Owner,
            Revision = view.Revision,
            ReportedAt = view.ReportedAt?.ToTimestamp(),
            LastSeenAt = view.LastSeenAt.ToTimestamp(),
            Queue = { page },
            NextPageToken = page.Count < rest.Count ? Pages.Token(SortKey(rest[page.Count - 1])) : "",
        };
    }

    private static string SortKey(DeviceFileView view) => $"{view.File.Job}/{view.File.Media}";

    private static Protos.V1.SettledFile ToProto(string job, Grains.Jobs.SettledFile file) =>
        new() { Job = job, Media = file.Media.ToString(), Synced = file.IsSynced };

    private static DeviceFile ToProto(DeviceFileView view) => new()
    {
        Received = view.Received,
        File = new Protos.V1.QueuedFile
        {
            Job = view.File.Job,
            Media = view.File.Media.ToString(),
            State = (Protos.V1.QueueState)view.File.State,
            Filename = view.File.Filename,
            Length = view.File.Length,
            Section = view.File.Section,
            Session = view.File.Session,
            Message = view.File.Message,
        },
    };
}
