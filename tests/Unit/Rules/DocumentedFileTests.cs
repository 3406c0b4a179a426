using System.Text.RegularExpressions;

namespace OrleansIngest.Unit.Tests.Rules;

/// <summary>A file of the code that the docs name is there.</summary>
public sealed partial class DocumentedFileTests
{
    [Fact]
    public void Files_that_the_docs_name_exist()
    {
        var docs = Path.Combine(Project.Root, "docs");
        var named =
            from page in Directory.EnumerateFiles(docs, "*.md", SearchOption.AllDirectories)
            from match in FileName().Matches(File.ReadAllText(page))
            select (Page: Path.GetFileName(page), File: match.Groups["file"].Value);
        var all = named.Distinct().ToList();

        Assert.NotEmpty(all);
        Assert.DoesNotContain(all, one => !Exists(one.File));
    }

    private static bool Exists(string file) =>
        File.Exists(Path.Combine(Project.Root, file)) || File.Exists(Path.Combine(Project.Root, "src", file));

    [GeneratedRegex(
        @"`(?<file>[A-Za-z.]+(/[A-Za-z.]+)+\.cs)`", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex FileName();
}
