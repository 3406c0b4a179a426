using System.Reflection;

namespace OrleansIngest.LoadTests.Support;

/// <summary>Where things are, as the build knows it.</summary>
public static class Paths
{
    /// <summary>The gateway's built program.</summary>
    public static string Gateway => Of("Gateway");

    /// <summary>The repository's folder for what is made and not kept: reports, and the servers' data.</summary>
    public static string Artifacts => Of("Artifacts");

    /// <summary>The sources of the load tests.</summary>
    public static string LoadTests => Of("LoadTests");

    private static string Of(string key) => Path.GetFullPath(
        typeof(Paths).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!);
}
