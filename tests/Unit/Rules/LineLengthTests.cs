namespace OrleansIngest.Unit.Tests.Rules;

/// <summary>Lines of code have at most 120 columns, and comments at most 100.</summary>
public sealed class LineLengthTests
{
    private const int MaxCode = 120;
    private const int MaxComment = 100;

    [Fact]
    public void No_line_is_too_long() => Assert.Empty(
        from folder in new[] { "src", "tests", "loadtests" }
        from file in Directory.EnumerateFiles(Path.Combine(Project.Root, folder), "*.cs", SearchOption.AllDirectories)
        let path = Path.GetRelativePath(Project.Root, file)
        where !path.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin" or "node_modules")
        from line in File.ReadLines(file).Select((text, index) => (Text: text, Number: index + 1))
        where line.Text.Length > Max(line.Text)
        select $"{path}:{line.Number}");

    private static int Max(string line) =>
        line.AsSpan().TrimStart().StartsWith("//", StringComparison.Ordinal) ? MaxComment : MaxCode;
}
