namespace OrleansIngest.Component.Tests;

/// <summary>
/// Waits for facts. This is the only place in these tests that lets time pass.
/// </summary>
internal static class Eventually
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Polls until the fact holds.</summary>
    public static Task True(Func<bool> fact) => True(() => Task.FromResult(fact()));

    /// <summary>Polls until the fact holds.</summary>
    public static async Task True(Func<Task<bool>> fact)
    {
        using var limit = new CancellationTokenSource(s_limit);
        while (!await fact())
            await Task.Delay(s_pause, limit.Token);
    }
}
