using System.Diagnostics;

namespace OrleansIngest.Grains;

/// <summary>
/// Moments at which a crash would hurt most, by name. With <c>INGEST_KILL_AT=after-commit:3</c> in the environment the process
/// kills itself when it comes to that one for the third time: SIGKILL, so that nothing is flushed and nobody is told. For
/// tests; without the variable a point costs nothing.
/// </summary>
public static class KillPoint
{
    /// <summary>The environment variable: a point's name and, after a colon, which time (1 if absent).</summary>
    public const string Variable = "INGEST_KILL_AT";

    /// <summary>All bytes of a body that has a digest are written; they are not compared with it yet.</summary>
    public const string BeforeVerifying = "before-verifying";

    /// <summary>All bytes of an upload are written; nobody knows yet.</summary>
    public const string AfterLastByte = "after-last-byte";

    /// <summary>They are durable and in their final place; nothing is decided.</summary>
    public const string AfterSync = "after-sync";

    /// <summary>A job has decided; the journal has not heard of it.</summary>
    public const string BeforeCommit = "before-commit";

    /// <summary>The journal has committed; the job does not know yet.</summary>
    public const string AfterCommit = "after-commit";

    /// <summary>An upload is settled; its client does not know yet.</summary>
    public const string BeforeAnswer = "before-answer";

    /// <summary>The client has its answer; bytes that nobody needs are about to be freed.</summary>
    public const string WhileFreeing = "while-freeing";

    /// <summary>A backup has the bytes of one more media, or is about to change a name.</summary>
    public const string WhileBackingUp = "while-backing-up";

    private static readonly string[] s_points =
        [BeforeVerifying, AfterLastByte, AfterSync, BeforeCommit, AfterCommit, BeforeAnswer, WhileFreeing, WhileBackingUp];

    private static readonly string? s_point = Read(out s_times);
    private static int s_times;

    /// <summary>The point that this process will not survive, or null.</summary>
    /// <exception cref="FormatException">The variable names none.</exception>
    public static string? Chosen => s_point is null || (s_points.Contains(s_point) && s_times > 0)
        ? s_point
        : throw new FormatException($"{Variable} must be one of {string.Join(", ", s_points)}, with :n for the n-th time.");

    /// <summary>The process is at a point.</summary>
    public static void Reach(string point)
    {
        if (s_point == point && Interlocked.Decrement(ref s_times) == 0)
            Die();
    }

    private static void Die()
    {
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite); // the signal is on its way: not one step further
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
