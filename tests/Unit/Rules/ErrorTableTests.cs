using System.Text.RegularExpressions;

namespace OrleansIngest.Unit.Tests.Rules;

/// <summary>The page of errors that users read, and the table that the server answers from.</summary>
public sealed partial class ErrorTableTests
{
    [Fact]
    public void The_page_of_errors_lists_what_the_server_answers_with_and_nothing_else()
    {
        var code = InCode().Matches(Read("src/Gateway/Problems/ProblemKind.cs")).Select(Row).ToList();

        Assert.True(code.Count > 20, "The table in the code was not found.");
        Assert.Equal(code.Order(), InDocs().Matches(Read("docs/errors.md")).Select(Row).Order());
    }

    private static string Read(string path) => File.ReadAllText(Path.Combine(Project.Root, path));

    private static string Row(Match match) => $"{match.Groups["code"].Value} {match.Groups["status"].Value}";

    [GeneratedRegex(@"new\(""(?<code>[a-z-]+)"", (?<status>\d{3}),", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex InCode();

    [GeneratedRegex(@"^\| `(?<code>[a-z-]+)` \| (?<status>\d{3}) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex InDocs();
}
