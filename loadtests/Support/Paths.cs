using System.Reflection;

namespace OrleansIngest.LoadTests.Support;

/// <summary>Paths that the build knows.</summary>
public static class Paths
{
    /// <summary>The built program of the gateway.</summary>
    public static string Gateway => Of("Gateway");

    /// <summary>
    /// The repository's folder for generated files: reports, and the data of servers.
    /// </summary>
    public static string Artifacts => Of("Artifacts");

    /// <summary>The source folder of the load tests.</summary>
    public static string LoadTests => Of("LoadTests");

    private static string Of(string key) => Path.GetFullPath(
        typeof(Paths).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!);
}
