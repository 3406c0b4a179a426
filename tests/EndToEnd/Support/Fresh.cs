namespace OrleansIngest.EndToEnd.Support;

/// <summary>Names that no other test has.</summary>
internal static class Fresh
{
    public static string Job() => $"job-{Guid.NewGuid():N}";

    public static string Device() => $"phone-{Guid.NewGuid():N}";

    public static Guid Media() => Guid.CreateVersion7();
}
