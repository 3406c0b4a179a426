using System.Reflection;
using System.Text.RegularExpressions;
using OrleansIngest.Gateway.Grpc;
using OrleansIngest.Gateway.Problems;

namespace OrleansIngest.Unit.Tests.Rules;

/// <summary>
/// The page of errors that users read, and the table that the server answers from.
/// </summary>
public sealed partial class ErrorTableTests
{
    [Fact]
    public void The_page_of_errors_lists_what_the_server_answers_with_and_nothing_else()
    {
        var code = InCode().Matches(Read("src/Gateway/Problems/ProblemKind.cs")).Select(Row).ToList();

        Assert.True(code.Count > 20, "The table in the code was not found.");
        Assert.Equal(code.Order(), InDocs().Matches(Read("docs/errors.md")).Select(Row).Order());
    }

    [Fact]
    public void The_page_of_errors_says_which_status_gRPC_gives_each()
    {
        var table = Statuses().Matches(Read("docs/errors.md"))
            .SelectMany(row =>
                row.Groups["status"].Value.Split(", ")
                    .Select(status => KeyValuePair.Create(status, row.Groups["grpc"].Value))).ToDictionary();

        Assert.All(Kinds(), kind => Assert.Equal(
            (kind.Code, table.GetValueOrDefault(kind.Status.ToString()) ?? table["other 4xx"]),
            (kind.Code, InGrpcsWords(GrpcProblems.StatusOf(kind)))));
    }

    private static IEnumerable<ProblemKind> Kinds() =>
        typeof(ProblemKind).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (ProblemKind)field.GetValue(null)!);

    private static string InGrpcsWords(Enum status) => string.Concat(
        status.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{char.ToUpperInvariant(c)}"));

    private static string Read(string path) => File.ReadAllText(Path.Combine(Project.Root, path));

    private static string Row(Match match) => $"{match.Groups["code"].Value} {match.Groups["status"].Value}";

    [GeneratedRegex(
        @"new\(""(?<code>[a-z-]+)"", (?<status>\d{3}),", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex InCode();

    [GeneratedRegex(
        @"^\| (?<status>\d{3}(, \d{3})*|other 4xx) \| (?<grpc>[A-Z_]+)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Statuses();

    [GeneratedRegex(
        @"^\| `(?<code>[a-z-]+)` \| (?<status>\d{3}) \|",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex InDocs();
}
