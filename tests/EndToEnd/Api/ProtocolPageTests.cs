using System.Text.RegularExpressions;
using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;

namespace OrleansIngest.EndToEnd.Api;

/// <summary>The examples of docs/protocol.md, as people copy them into a terminal.</summary>
[Collection(TusCollection.Name)]
public sealed partial class ProtocolPageTests(TusServer fixture)
{
    public static TheoryData<string> Examples() =>
    [
        .. Example().Matches(File.ReadAllText(Path.Combine(Paths.Docs, "protocol.md")))
            .Select(match => match.Groups["script"].Value)
    ];

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task An_example_works(string script)
    {
        using var folder = new TemporaryFolder();
        await using var shell = new ChildProcess(
            "bash", ["-euo", "pipefail", "-c", script], folder.Path,
            environment: [new("SERVER", fixture.Server.Http.GetLeftPart(UriPartial.Authority))]);

        Assert.Equal((0, ""), (await Eventually.Comes("end of the example", shell.Ended), shell.Errors));
    }

    [GeneratedRegex(
        "^```sh\n(?<script>.*?)^```$",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Example();
}
