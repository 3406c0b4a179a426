namespace OrleansIngest.EndToEnd.Support;

/// <summary>Names and lengths that no other test uses.</summary>
internal static class Fresh
{
    private static int s_lengths;

    public static string Job() => $"job-{Guid.NewGuid():N}";

    public static string Device() => $"phone-{Guid.NewGuid():N}";

    public static Guid Media() => Guid.CreateVersion7();

    /// <summary>
    /// A unique length, slightly above the given one. A test recognises its file on the server's
    /// disk by this length.
    /// </summary>
    public static int Length(int bytes) => bytes + Interlocked.Increment(ref s_lengths);
}
