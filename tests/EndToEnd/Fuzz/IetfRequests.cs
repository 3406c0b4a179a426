using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Fuzz;

/// <summary>Right requests of the IETF protocol, in any of its forms.</summary>
internal static class IetfRequests
{
    private const string PartialUpload = "application/partial-upload";

    /// <summary>Draft 1 and those to come nobody speaks here; null is the final form.</summary>
    private static readonly string?[] s_versions = [null, null, "1", "3", "4", "5", "6", "7", "8", "9", "10", "11"];

    public static readonly Func<Random, FuzzTarget, RawRequest>[] All =
        [Create, CreateWhole, CreateWithDigest, Head, Append, AppendTheRest, Delete, Discover];

    private static RawRequest Create(Random random, FuzzTarget target) =>
        Of(random, "POST", Upload.Url(target.Job), isLast: false)
            .With("image/jpeg", TestMedia.Bytes(random.Next(900), random.Next()));

    private static RawRequest CreateWhole(Random random, FuzzTarget target)
    {
        var request = Of(random, random.Next(2) == 0 ? "POST" : "PUT", Upload.Url(target.Job), isLast: true);
        request.Headers.Add(
            ("Content-Disposition", "inline; filename=\"Dach 7.jpg\"; filename*=UTF-8''D%C3%A4cher.jpg"));
        return request.With("image/jpeg", TestMedia.Bytes(random.Next(1, 900), random.Next()));
    }

    private static RawRequest CreateWithDigest(Random random, FuzzTarget target)
    {
        var body = TestMedia.Bytes(random.Next(1, 900), random.Next());
        var request = Of(random, "POST", $"{Upload.Url(target.Job)}/{FuzzTarget.NewId(random)}", isLast: true);
        request.Headers.AddRange([
            ("Repr-Digest", Digests.Field("sha-256", body)),
            ("Upload-Length", $"{body.Length}"),
            ("Want-Repr-Digest", "sha-256=1, sha-512=3")
        ]);
        request.Method = "PUT";
        return request.With("image/jpeg", body);
    }

    private static RawRequest Head(Random random, FuzzTarget target) =>
        Of(random, random.Next(2) == 0 ? "HEAD" : "GET", Url(random, target), isLast: null);

    private static RawRequest Append(Random random, FuzzTarget target)
    {
        var body = TestMedia.Bytes(random.Next(100), random.Next());
        var request = Of(random, "PATCH", Upload.Url(target.Job, target.Open), isLast: false);
        request.Headers.AddRange(
            [("Upload-Offset", $"{FuzzTarget.Offset}"), ("Content-Digest", Digests.Field("sha-512", body))]);
        return request.With(PartialUpload, body);
    }

    private static RawRequest AppendTheRest(Random random, FuzzTarget target)
    {
        var request = Of(random, "PATCH", Upload.Url(target.Job, target.Open), isLast: true);
        request.Headers.Add(("Upload-Offset", $"{FuzzTarget.Offset}"));
        return request.With(PartialUpload, TestMedia.Bytes(FuzzTarget.Length - FuzzTarget.Offset, random.Next()));
    }

    private static RawRequest Delete(Random random, FuzzTarget target) =>
        Of(random, "DELETE", Url(random, target), isLast: null);

    private static RawRequest Discover(Random random, FuzzTarget target) =>
        RawRequest.Of("OPTIONS", random.Next(2) == 0 ? Upload.Url(target.Job) : Url(random, target));

    private static RawRequest Of(Random random, string method, string path, bool? isLast)
    {
        var request = RawRequest.Of(method, path);
        var version = Odd.One(random, s_versions);
        if (version is not null)
            request.Headers.Add(("Upload-Draft-Interop-Version", version));
        if (isLast is not null)
            request.Headers.Add(
                version == "3"
                    ? ("Upload-Incomplete", isLast.Value ? "?0" : "?1")
                    : ("Upload-Complete", isLast.Value ? "?1" : "?0"));
        return request;
    }

    private static string Url(Random random, FuzzTarget target) =>
        Upload.Url(target.Job, random.Next(2) == 0 ? target.Open : target.Stored);
}
