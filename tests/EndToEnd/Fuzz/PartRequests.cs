using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Fuzz;

/// <summary>Right requests of tus concatenation.</summary>
internal static class PartRequests
{
    private static readonly (string, string) s_tus = ("Tus-Resumable", "1.0.0");

    public static readonly Func<Random, FuzzTarget, RawRequest>[] All =
        [Create, CreateWhole, Head, Patch, Join, JoinUnfinished, Delete];

    private static RawRequest Create(Random random, FuzzTarget target) =>
        RawRequest.Of(
            "POST", Upload.Url(target.Job), s_tus,
            ("Upload-Concat", "partial"), ("Upload-Length", $"{random.Next(1, 900)}"));

    private static RawRequest CreateWhole(Random random, FuzzTarget target)
    {
        var body = TestMedia.Bytes(random.Next(1, 900), random.Next());
        return RawRequest.Of(
            "POST", Upload.Url(target.Job), s_tus,
            ("Upload-Concat", "partial"), ("Upload-Length", $"{body.Length}"))
            .With(Upload.OffsetType, body);
    }

    private static RawRequest Head(Random random, FuzzTarget target) =>
        RawRequest.Of("HEAD", Either(random, target), s_tus);

    private static RawRequest Patch(Random random, FuzzTarget target) => RawRequest
        .Of("PATCH", target.OpenPart, s_tus, ("Upload-Offset", "0"))
        .With(Upload.OffsetType, TestMedia.Bytes(random.Next(1, FuzzTarget.Length + 1), random.Next()));

    private static RawRequest Join(Random random, FuzzTarget target) =>
        Final(random, target, Enumerable.Repeat(target.Part, random.Next(1, 4)));

    private static RawRequest JoinUnfinished(Random random, FuzzTarget target) =>
        Final(random, target, [target.Part, target.OpenPart]);

    private static RawRequest Delete(Random random, FuzzTarget target) =>
        RawRequest.Of("DELETE", Either(random, target), s_tus);

    private static RawRequest Final(Random random, FuzzTarget target, IEnumerable<string> parts) => RawRequest.Of(
        "POST", Upload.Url(target.Job), s_tus, ("Upload-Concat", $"final;{string.Join(' ', parts)}"),
        ("Upload-Metadata", Upload.Metadata(("media", FuzzTarget.NewId(random).ToString()), ("device", "phone-1"))));

    private static string Either(Random random, FuzzTarget target) =>
        random.Next(2) == 0 ? target.OpenPart : target.Part;
}
