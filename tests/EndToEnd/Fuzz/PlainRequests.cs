using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Fuzz;

/// <summary>Right requests that bring a file as any tool does.</summary>
internal static class PlainRequests
{
    public static readonly Func<Random, FuzzTarget, RawRequest>[] All =
        [Post, PostToFiles, PutToFiles, PutByName, PutById, PutAnother, PutWhatIsOpen];

    private static RawRequest Post(Random random, FuzzTarget target) => Bring(random, "POST", Upload.Url(target.Job));

    private static RawRequest PostToFiles(Random random, FuzzTarget target) => Bring(random, "POST", "/files");

    private static RawRequest PutToFiles(Random random, FuzzTarget target) => Bring(random, "PUT", "/files/a.jpg");

    private static RawRequest PutByName(Random random, FuzzTarget target) =>
        Bring(random, "PUT", $"{Upload.Url(target.Job)}/D%C3%A4cher%20{random.Next(10)}.jpg");

    private static RawRequest PutById(Random random, FuzzTarget target) =>
        Bring(random, "PUT", Upload.Url(target.Job, FuzzTarget.NewId(random)));

    private static RawRequest PutAnother(Random random, FuzzTarget target) =>
        Bring(random, "PUT", Upload.Url(target.Job, random.Next(2) == 0 ? target.Open : target.Stored));

    private static RawRequest PutWhatIsOpen(Random random, FuzzTarget target) =>
        RawRequest.Of("PUT", Upload.Url(target.Job, target.Open))
            .With("image/jpeg", TestMedia.Bytes(FuzzTarget.Length));

    private static RawRequest Bring(Random random, string method, string path)
    {
        var body = TestMedia.Bytes(random.Next(1, 900), random.Next());
        return RawRequest.Of(
            method, path,
            ("Content-Disposition", "attachment; filename=\"a \\\"b\\\".jpg\""),
            ("Repr-Digest", Digests.Field("sha-256", body)))
            .With("image/jpeg", body);
    }
}
