namespace OrleansIngest.EndToEnd.Support;

/// <summary>
/// Waits for conditions. This is the only place in the tests that lets time pass.
/// </summary>
public static class Eventually
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Polls until the condition holds. Fails with the name of the condition if it never does.
    /// </summary>
    public static Task True(string fact, Func<bool> look) => True(fact, () => Task.FromResult(look()));

    /// <summary>
    /// Polls until the condition holds. Fails with the name of the condition if it never does.
    /// </summary>
    public static async Task True(string fact, Func<Task<bool>> look, TimeSpan? limit = null)
    {
        using var over = new CancellationTokenSource(limit ?? s_limit);
        while (!await look())
        {
            Assert.False(
                over.IsCancellationRequested,
                $"In {(limit ?? s_limit).TotalSeconds:0} s it did not happen that {fact}.");
            await Task.Delay(s_pause, CancellationToken.None);
        }
    }

    /// <summary>Awaits a task that must end. Fails with its name if it does not.</summary>
    public static async Task<T> Comes<T>(string what, Task<T> task, TimeSpan? limit = null)
    {
        try
        {
            return await task.WaitAsync(limit ?? s_limit);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"In {(limit ?? s_limit).TotalSeconds:0} s there was no {what}.", e);
        }
    }
}
