using System.Reflection;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>Paths that the build knows.</summary>
internal static class Paths
{
    public static string Gateway => Of("Gateway");

    public static string LoadTests => Of("LoadTests");

    public static string Node => Of("Node");

    public static string Media => Of("Media");

    public static string Tour => Of("Tour");

    public static string PowerCut => Of("PowerCut");

    public static string Clocks => Of("Clocks");

    public static string Disks => Of("Disks");

    public static string Docs => Of("Docs");

    public static string Engines => Of("Engines");

    public static string Scratch => Of("Scratch");

    private static string Of(string key) => Path.GetFullPath(
        typeof(Paths).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!);
}

/// <summary>A temporary folder, deleted at the end.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("ingest-e2e-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
