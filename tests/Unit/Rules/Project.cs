using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace OrleansIngest.Unit.Tests.Rules;

/// <summary>A project file as it stands in the repository.</summary>
internal sealed class Project
{
    private readonly XElement _xml;
    private readonly string _folder;

    private Project(string path)
    {
        (_xml, _folder) = (XElement.Load(path), Path.GetDirectoryName(path)!);
        Name = Path.GetFileNameWithoutExtension(path);
    }

    public string Name { get; }

    public string Sdk => _xml.Attribute("Sdk")!.Value;

    /// <summary>The files that it references, from the repository's root on.</summary>
    public IEnumerable<string> References => Includes("ProjectReference")
        .Select(path => Path.GetRelativePath(Root, Path.GetFullPath(path, _folder)).Replace('\\', '/'));

    public IEnumerable<string> Packages => Includes("PackageReference");

    public IEnumerable<string> Frameworks => Includes("FrameworkReference");

    public static IEnumerable<Project> InSource =>
        Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Select(path => new Project(path));

    public static string Root { get; } = FindRoot();

    public static Project Get(string name) => InSource.Single(p => p.Name == $"OrleansIngest.{name}");

    /// <summary>All projects that it is built on.</summary>
    public IEnumerable<string> BuiltOn() => References
        .SelectMany(path =>
            new Project(Path.Combine(Root, path)).BuiltOn().Append(Path.GetFileNameWithoutExtension(path)))
        .Distinct();

    /// <summary>What the newest build of it really uses; nothing if it was not built yet.</summary>
    public IEnumerable<string> CompiledReferences()
    {
        var bin = new DirectoryInfo(Path.Combine(_folder, "bin"));
        var built = bin.Exists
            ? bin.EnumerateFiles($"{Name}.dll", SearchOption.AllDirectories).MaxBy(f => f.LastWriteTimeUtc)
            : null;
        if (built is null)
            return [];
        using var file = new PEReader(built.OpenRead());
        var metadata = file.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(r => metadata.GetString(metadata.GetAssemblyReference(r).Name))];
    }

    private IEnumerable<string> Includes(string item) =>
        _xml.Descendants(item).Select(e => e.Attribute("Include")!.Value);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Directory.Build.targets")))
            folder = folder.Parent ?? throw new InvalidOperationException("These tests run inside the repository.");
        return folder.FullName;
    }
}
