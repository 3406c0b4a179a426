using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

[Collection(TusCollection.Name)]
public sealed class VersionTests(TusServer fixture)
{
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    public static TheoryData<string?> WrongVersions => new("0.2.2", "1.0.1", "1", "", null);

    [Theory]
    [MemberData(nameof(WrongVersions))]
    public async Task A_request_of_another_version_is_refused_and_changes_nothing(string? version)
    {
        await Upload.Create(_job, _media, 3).Run(fixture.Server);
        HttpTest[] requests =
        [
            Upload.Create(_job, Fresh.Media(), 3),
            Upload.Patch(_job, _media, 0, "abc"u8.ToArray()),
            Upload.Delete(_job, _media),
            Upload.Head(_job, _media, 0, 3),
        ];
        foreach (var request in requests.Where(request => version is not null || IsTusAnyway(request)))
            await Refused(request, version).Run(fixture.Server);
        await Upload.Head(_job, _media, 0, 3).Run(fixture.Server);
        Assert.Equal(1, (await fixture.Grpc.GetJob(_job)).AsOf.Seq);
    }

    /// <summary>
    /// Without the version a HEAD or a DELETE is no request of tus, but one of the
    /// final form of the IETF protocol.
    /// </summary>
    private static bool IsTusAnyway(HttpTest request) => request.Method is "POST" or "PATCH";

    private static HttpTest Refused(HttpTest request, string? version) =>
        request.With("Tus-Resumable", version)
            .Refused(412, request.Method == "HEAD" ? null : "unsupported-version") with
        {
            Expected = new() { ["Tus-Version"] = "1.0.0", ["Tus-Resumable"] = "1.0.0", ["Upload-Offset"] = null },
        };
}
