using System.Text.RegularExpressions;

namespace OrleansIngest.Unit.Tests.Rules;

/// <summary>
/// Arrows point one way inside a project, too: no namespaces of it use each other in a circle.
/// </summary>
public sealed partial class NamespaceTests
{
    public static TheoryData<string> Projects => [.. Project.InSource.Select(project => project.Name)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void No_namespaces_of_a_project_form_a_cycle(string project)
    {
        var files = SourceFile.Of(project);
        var uses = files.Select(file => file.Namespace).Distinct()
            .ToDictionary(name => name, name => Used(name, files), StringComparer.Ordinal);

        foreach (var name in uses.Keys)
            Assert.DoesNotContain(name, Reached(name, uses));
    }

    [Fact]
    public void A_cycle_would_be_found() => Assert.Contains("a", Reached("a", new()
    {
        ["a"] = ["b"],
        ["b"] = ["c"],
        ["c"] = ["a"],
    }));

    /// <summary>
    /// The other namespaces that a namespace uses: those it names in a <c>using</c>, and those
    /// above it of which it uses a type.
    /// </summary>
    private static HashSet<string> Used(string name, IReadOnlyList<SourceFile> files)
    {
        var mine = files.Where(file => file.Namespace == name).ToList();
        var named = mine.SelectMany(file => file.Usings).Intersect(files.Select(file => file.Namespace));
        var above = files.Where(file => name.StartsWith(file.Namespace + '.', StringComparison.Ordinal))
            .Where(file => file.Types.Any(type => mine.Any(one => one.Words.Contains(type))))
            .Select(file => file.Namespace);
        return [.. named.Concat(above).Where(other => other != name)];
    }

    private static HashSet<string> Reached(string from, Dictionary<string, HashSet<string>> uses)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var next = new Stack<string>(uses[from]);
        while (next.TryPop(out var name))
        {
            if (reached.Add(name))
                uses[name].ToList().ForEach(next.Push);
        }
        return reached;
    }

    /// <summary>A file of a project, without its comments and texts.</summary>
    private sealed partial record SourceFile(
        string Namespace, HashSet<string> Usings, HashSet<string> Types, HashSet<string> Words)
    {
        private const RegexOptions Safe =
            RegexOptions.NonBacktracking | RegexOptions.Multiline | RegexOptions.ExplicitCapture;

        public static IReadOnlyList<SourceFile> Of(string project)
        {
            var folder = Path.Combine(Project.Root, "src", project["OrleansIngest.".Length..]);
            return
            [
                .. from path in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
                   where !Path.GetRelativePath(folder, path).StartsWith("obj", StringComparison.Ordinal)
                   let code = Noise().Replace(File.ReadAllText(path), "")
                   let found = All(NamespaceLine(), code)
                   where found.Count == 1
                   select new SourceFile(
                       found.Single(), All(UsingLine(), code), All(TypeName(), code), All(Word(), code)),
            ];
        }

        private static HashSet<string> All(Regex what, string code) =>
            [.. what.Matches(code).Select(match => match.Groups["name"].Value)];

        [GeneratedRegex(@"//[^\n]*|""[^""\n]*""", Safe)]
        private static partial Regex Noise();

        [GeneratedRegex(@"^namespace (?<name>[\w.]+);", Safe)]
        private static partial Regex NamespaceLine();

        [GeneratedRegex(@"^using (?<name>[\w.]+);", Safe)]
        private static partial Regex UsingLine();

        [GeneratedRegex(@"\b(class|record|record struct|struct|interface|enum) (?<name>[A-Z]\w*)", Safe)]
        private static partial Regex TypeName();

        [GeneratedRegex(@"\b(?<name>[A-Z]\w*)", Safe)]
        private static partial Regex Word();
    }
}
