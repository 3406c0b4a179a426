using System.Diagnostics;

namespace OrleansIngest.Grains;

/// <summary>
/// Named points in the code at which a crash is most dangerous. With
/// <c>INGEST_KILL_AT=after-commit:3</c> in the environment, the process kills itself when it
/// reaches that point for the third time, with SIGKILL so that nothing is flushed and no client
/// gets a response. For tests only. Without the variable a point costs one comparison.
/// </summary>
public static class KillPoint
{
    /// <summary>
    /// The environment variable: the name of a point and, after a colon, the count (default 1).
    /// </summary>
    public const string Variable = "INGEST_KILL_AT";

    /// <summary>
    /// All bytes of a body with a digest are written, and the digest is not compared yet.
    /// </summary>
    public const string BeforeVerifying = "before-verifying";

    /// <summary>All bytes of an upload are written, and not yet synced.</summary>
    public const string AfterLastByte = "after-last-byte";

    /// <summary>
    /// The bytes are durable and in their final place, and the job has not decided yet.
    /// </summary>
    public const string AfterSync = "after-sync";

    /// <summary>The job has decided, and the journal has not committed yet.</summary>
    public const string BeforeCommit = "before-commit";

    /// <summary>The journal has committed, and the job does not know yet.</summary>
    public const string AfterCommit = "after-commit";

    /// <summary>The upload is complete, and the response is not sent yet.</summary>
    public const string BeforeAnswer = "before-answer";

    /// <summary>
    /// The response is sent, and bytes that are not needed any more are about to be freed.
    /// </summary>
    public const string WhileFreeing = "while-freeing";

    /// <summary>
    /// A backup has copied the bytes of another media, or is about to rename a file.
    /// </summary>
    public const string WhileBackingUp = "while-backing-up";

    private static readonly string[] s_points =
    [
        BeforeVerifying, AfterLastByte, AfterSync, BeforeCommit, AfterCommit, BeforeAnswer,
        WhileFreeing, WhileBackingUp,
    ];

    // s_times has no initializer, or it would overwrite the value that Read sets.
    private static readonly string? s_point = Read(out s_times);
    private static int s_times;

    /// <summary>
    /// The point at which this process will kill itself; null if the variable is not set.
    /// </summary>
    /// <exception cref="FormatException">
    /// The variable names no known point, or the count is not positive.
    /// </exception>
    public static string? Chosen => s_point is null || (s_points.Contains(s_point) && s_times > 0)
        ? s_point
        : throw new FormatException(
            $"{Variable} must be one of {string.Join(", ", s_points)}, with :n for the n-th time.");

    /// <summary>
    /// The process has reached a point. Kills the process if this is the chosen point and count.
    /// </summary>
    public static void Reach(string point)
    {
        if (s_point == point && Interlocked.Decrement(ref s_times) == 0)
            Die();
    }

    private static void Die()
    {
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite); // the signal is delivered asynchronously; do nothing more until then
    }

    private static string? Read(out int times)
    {
        times = 1;
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } text)
            return null;
        var colon = text.IndexOf(':');
        if (colon >= 0 && !int.TryParse(text[(colon + 1)..], out times))
            times = 0;
        return colon < 0 ? text : text[..colon];
    }
}
