using System.Buffers.Binary;
using Google.Protobuf;
using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Fuzz;

/// <summary>Requests that are right: every method of every route.</summary>
internal static class ValidRequests
{
    private static readonly (string, string) s_tus = ("Tus-Resumable", "1.0.0");

    private static readonly Func<Random, FuzzTarget, RawRequest>[] s_all =
    [
        Create, CreateWithBytes, CreateWhole, CreateWithoutLength, CreateAtFiles, CreateWithDigests,
        Head, Patch, PatchTheRest, PatchWithDigest, Delete, Overridden, Discover, Preflight,
        Download, DownloadPart, DownloadHead, Activity, Get, GrpcWeb, GrpcWebText,
        .. PartRequests.All, .. IetfRequests.All, .. PlainRequests.All,
    ];

    public static RawRequest Any(Random random, FuzzTarget target) => s_all[random.Next(s_all.Length)](random, target);

    private static RawRequest Create(Random random, FuzzTarget target) =>
        RawRequest.Of(
            "POST", Upload.Url(target.Job), s_tus,
            ("Upload-Length", random.Next(1, 10_000).ToString()), Metadata(random));

    private static RawRequest CreateWithBytes(Random random, FuzzTarget target) => RawRequest
        .Of("POST", Upload.Url(target.Job), s_tus, ("Upload-Length", "900"), Metadata(random))
        .With(Upload.OffsetType, Bytes(random, 800));

    private static RawRequest CreateWhole(Random random, FuzzTarget target)
    {
        var body = Bytes(random, 900);
        return RawRequest.Of(
            "POST", Upload.Url(target.Job), s_tus,
            ("Upload-Length", $"{body.Length}"), Metadata(random))
            .With(Upload.OffsetType, body);
    }

    private static RawRequest CreateWithoutLength(Random random, FuzzTarget target) => RawRequest
        .Of("POST", Upload.Url(target.Job), s_tus, ("Upload-Defer-Length", "1"), Metadata(random))
        .With(Upload.OffsetType, Bytes(random, 100));

    private static RawRequest CreateAtFiles(Random random, FuzzTarget target) => RawRequest.Of(
        "POST", "/files", s_tus,
        ("Upload-Length", "0"),
        ("Upload-Metadata", Upload.Metadata(("job", target.Job), ("device", "phone-1"), ("filename", "a.jpg"))));

    private static RawRequest Head(Random random, FuzzTarget target) =>
        RawRequest.Of("HEAD", Upload.Url(target.Job, Either(random, target)), s_tus);

    private static RawRequest Patch(Random random, FuzzTarget target) => RawRequest
        .Of("PATCH", Upload.Url(target.Job, target.Open), s_tus, ("Upload-Offset", FuzzTarget.Offset.ToString()))
        .With(Upload.OffsetType, Bytes(random, 100));

    private static RawRequest PatchTheRest(Random random, FuzzTarget target) => RawRequest
        .Of("PATCH", Upload.Url(target.Job, target.Open), s_tus, ("Upload-Offset", FuzzTarget.Offset.ToString()))
        .With(Upload.OffsetType, TestMedia.Bytes(FuzzTarget.Length - FuzzTarget.Offset, random.Next()));

    private static RawRequest CreateWithDigests(Random random, FuzzTarget target)
    {
        var body = Bytes(random, 900);
        return RawRequest.Of(
            "POST", Upload.Url(target.Job), s_tus,
            ("Upload-Length", $"{body.Length}"),
            ("Repr-Digest", Digests.Field("sha-512", body)),
            ("Content-Digest", Digests.Field("sha-256", body)), ("Want-Repr-Digest", "sha-512=1"))
            .With(Upload.OffsetType, body);
    }

    private static RawRequest PatchWithDigest(Random random, FuzzTarget target)
    {
        var body = Bytes(random, 100);
        return RawRequest.Of(
            "PATCH", Upload.Url(target.Job, target.Open), s_tus, ("Upload-Offset", FuzzTarget.Offset.ToString()),
            ("Upload-Checksum", Digests.Checksum("sha1", body)), ("Trailer", "Expires")).With(Upload.OffsetType, body);
    }

    private static RawRequest Delete(Random random, FuzzTarget target) =>
        RawRequest.Of("DELETE", Upload.Url(target.Job, Either(random, target)), s_tus);

    private static RawRequest Overridden(Random random, FuzzTarget target)
    {
        var request = random.Next(3) switch
        {
            0 => Head(random, target),
            1 => Patch(random, target),
            _ => Create(random, target)
        };
        request.Headers.Add(("X-HTTP-Method-Override", request.Method));
        request.Method = "POST";
        return request;
    }

    private static RawRequest Discover(Random random, FuzzTarget target) => RawRequest.Of("OPTIONS", "/files");

    private static RawRequest Preflight(Random random, FuzzTarget target) => RawRequest.Of(
        "OPTIONS", Upload.Url(target.Job),
        ("Origin", "https://dashboard.example"),
        ("Access-Control-Request-Method", "PATCH"),
        ("Access-Control-Request-Headers", "tus-resumable,upload-offset"));

    private static RawRequest Download(Random random, FuzzTarget target) => RawRequest.Of("GET", Media(target));

    private static RawRequest DownloadPart(Random random, FuzzTarget target) =>
        RawRequest.Of(
            "GET", Media(target), ("Range", $"bytes={random.Next(800)}-{random.Next(800)}"), ("If-Range", "\"x\""));

    private static RawRequest DownloadHead(Random random, FuzzTarget target) =>
        RawRequest.Of(
            "HEAD", Media(target), ("If-None-Match", "*"), ("If-Modified-Since", "Sat, 21 Nov 2026 00:00:00 GMT"));

    private static RawRequest Activity(Random random, FuzzTarget target) =>
        RawRequest.Of(
            "GET",
            $"/jobs/{target.Job}/activity?after={random.Next(4)}-0000000{random.Next(4)}&progress=true",
            ("Accept", "text/event-stream"),
            ("Last-Event-ID", "1-9f3a0c1b"));

    private static RawRequest Get(Random random, FuzzTarget target)
    {
        string[] paths = ["/healthz", "/readyz", "/.well-known/jwks.json", "/", "/nowhere"];
        return RawRequest.Of("GET", paths[random.Next(paths.Length)]);
    }

    private static RawRequest GrpcWeb(Random random, FuzzTarget target)
    {
        var (method, message) = Call(random, target);
        return RawRequest.Of("POST", $"/ingest.v1.{method}", ("X-Grpc-Web", "1"), ("grpc-timeout", "10S"))
            .With("application/grpc-web+proto", Frame(message));
    }

    private static RawRequest GrpcWebText(Random random, FuzzTarget target)
    {
        var (method, message) = Call(random, target);
        var text = System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(Frame(message)));
        return RawRequest.Of("POST", $"/ingest.v1.{method}", ("Accept", "application/grpc-web-text"))
            .With("application/grpc-web-text", text);
    }

    private static (string Method, IMessage Message) Call(Random random, FuzzTarget target) => random.Next(8) switch
    {
        0 => ("Jobs/GetJob", new GetJobRequest { Job = target.Job }),
        1 => ("Jobs/ListJobs", new ListJobsRequest { PageSize = 10 }),
        2 => ("Jobs/ListMedia", new ListMediaRequest { Job = target.Job, PageSize = 10 }),
        3 => (
            "Jobs/FindDuplicates",
            new FindDuplicatesRequest { Job = target.Job, Sha256 = { ByteString.CopyFrom(new byte[32]) } }),
        4 => ("Jobs/GetReceipt", new GetReceiptRequest { Job = target.Job, Media = target.Stored.ToString() }),
        5 => (
            "Jobs/DeleteMedia", new DeleteMediaRequest { Job = target.Job, Media = Either(random, target).ToString() }),
        6 => ("ActivityFeed/Watch", new WatchRequest { Job = target.Job, Progress = true }),
        _ => ("Devices/ReportQueue", new ReportQueueRequest
        {
            Device = "phone-1",
            Revision = random.Next(1, 100),
            Files =
                { new QueuedFile { Job = target.Job, Media = target.Open.ToString(), State = QueueState.QueueQueued } },
        }),
    };

    /// <summary>A message as gRPC sends it: a flag, its length, itself.</summary>
    private static byte[] Frame(IMessage message)
    {
        var frame = new byte[5 + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - 5);
        message.WriteTo(frame.AsSpan(5));
        return frame;
    }

    private static (string, string) Metadata(Random random) => ("Upload-Metadata", Upload.Metadata(
        ("media", FuzzTarget.NewId(random).ToString()),
        ("filename", "Dach Süd.jpg"),
        ("filetype", "image/jpeg"),
        ("device", "phone-1"),
        ("section", "roof"),
        ("capturedAt", "2026-11-21T09:30:00Z")));

    private static Guid Either(Random random, FuzzTarget target) => random.Next(2) == 0 ? target.Open : target.Stored;

    private static string Media(FuzzTarget target) => $"/jobs/{target.Job}/media/{target.Stored}";

    private static byte[] Bytes(Random random, int most) => TestMedia.Bytes(random.Next(1, most), random.Next());
}
