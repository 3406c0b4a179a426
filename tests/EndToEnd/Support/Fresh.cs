namespace OrleansIngest.EndToEnd.Support;

/// <summary>Names and lengths that no other test has.</summary>
internal static class Fresh
{
    private static int s_lengths;

    public static string Job() => $"job-{Guid.NewGuid():N}";

    public static string Device() => $"phone-{Guid.NewGuid():N}";

    public static Guid Media() => Guid.CreateVersion7();

    /// <summary>A little more than so many bytes: by that a file is known on the server's disk.</summary>
    public static int Length(int bytes) => bytes + Interlocked.Increment(ref s_lengths);
}
