using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Calls;
using OrleansIngest.Grains.Devices;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.Gateway.Grpc;

/// <summary><c>ingest.v1.Devices</c>; the proto is its reference.</summary>
internal sealed class DevicesService(IGrainFactory grains, TimeProvider time, GrpcProblems problems) : Protos.V1.Devices.DevicesBase
{
    private const int MaxFiles = 5000;
    private const int MaxJobs = 100;

    /// <summary>
    /// The jobs hear it first, and the device's grain last: only then has a report been taken in, so one that failed
    /// half-way reaches the same jobs when it is repeated. Grains never call each other.
    /// </summary>
    public override Task<ReportQueueResponse> ReportQueue(ReportQueueRequest request, ServerCallContext context) => problems.Answer(async () =>
    {
        var report = ToReport(request);
        var device = grains.Device(report.Device);
        var response = new ReportQueueResponse();
        foreach (var job in (await GrainCalls.Call(() => device.Concerned(report))).Keys)
        {
            var settled = await Announce(report, job);
            response.Settled.AddRange(settled.Select(f => new Protos.V1.SettledFile { Job = job, Media = f.Media.ToString(), Synced = f.IsSynced }));
        }
        response.Revision = await GrainCalls.Call(() => device.Report(report));
        foreach (var settled in response.Settled.GroupBy(f => f.Job, f => Guid.Parse(f.Media)))
            GrainCalls.Tell(device.Settled(new SettledFiles(settled.Key, [.. settled], report.At)));
        return response;
    });

    public override Task<Device> GetDevice(GetDeviceRequest request, ServerCallContext context) => problems.Answer(async () =>
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
        if (request.Revision < 1 || request.Files.Count > MaxFiles || request.Files.DistinctBy(f => f.Job).Count() > MaxJobs)
            throw new ProblemException(ProblemKind.InvalidArgument, $"`revision` is 1 or more, and a report has at most {MaxFiles} files of {MaxJobs} jobs.");
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
        if (!System.Enum.IsDefined(file.State) || file.State == Protos.V1.QueueState.Unspecified || file.Length < 0)
            throw new ProblemException(ProblemKind.InvalidArgument, "Each file has a state, and a length of 0 or more.");
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

    /// <summary>A page begins after a file, not at a number: files leave the queue while somebody reads it.</summary>
    private static Device ToProto(string key, DeviceView view, string start, int size)
    {
        var left = view.Queue.Where(file => string.CompareOrdinal(Place(file), start) > 0)
            .OrderBy(Place, StringComparer.Ordinal).ToList();
        var page = Pages.Fit(left.Take(size).Select(ToProto));
        return new Device
        {
            Device_ = key,
            DisplayName = view.DisplayName,
            Owner = view.Owner,
            Revision = view.Revision,
            ReportedAt = view.ReportedAt?.ToTimestamp(),
            LastSeenAt = view.LastSeenAt.ToTimestamp(),
            Queue = { page },
            NextPageToken = page.Count < left.Count ? Pages.Token(Place(left[page.Count - 1])) : "",
        };
    }

    private static string Place(DeviceFileView view) => $"{view.File.Job}/{view.File.Media}";

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
