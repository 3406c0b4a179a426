using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Storm;

/// <summary>
/// Kills the server again and again while devices upload: while it works, while it starts, and at
/// each of the named points.
/// </summary>
/// <param name="server">A running server.</param>
/// <param name="promises">The promises, which tell how far the work is.</param>
/// <param name="work">The number of bytes to upload.</param>
/// <param name="dice">The random numbers that decide when to kill.</param>
internal sealed class Reaper(IngestServer server, Promises promises, long work, Random dice)
{
    private const int Sigkill = 128 + 9;
    private const int StartMilliseconds = 500;

    /// <summary>
    /// The share of the work during which the server is killed. The rest is for a process that is
    /// not killed.
    /// </summary>
    private const double Most = 0.9;

    private static readonly string[] s_points =
        ["after-last-byte", "after-sync", "before-commit", "after-commit", "before-answer", "while-freeing"];
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private int _left;

    /// <summary>
    /// Kills the server so many times, while most of the work is done. Afterwards the server runs.
    /// </summary>
    public async Task Run(int kills)
    {
        _left = kills;
        await DieAtWork();
        foreach (var life in Lives(kills - 1))
            await life();
        await server.Restart();
    }

    /// <summary>
    /// The ways to kill, in order. The named points come early, because later there may be no
    /// device left that makes the server reach them.
    /// </summary>
    private IEnumerable<Func<Task>> Lives(int count)
    {
        var special = Enumerable.Repeat(s_points, 1 + (count / 40)).SelectMany(points => points).Select(LiveUntil)
            .Concat(Enumerable.Repeat<Func<Task>>(LiveBriefly, count / 10)).ToArray();
        var atWork = Enumerable.Repeat<Func<Task>>(LiveAtWork, count - special.Length).ToArray();
        var early = special.Concat(atWork.Skip(count / 4)).ToArray();
        dice.Shuffle(early);
        return early.Concat(atWork.Take(count / 4));
    }

    private async Task LiveAtWork()
    {
        await server.Restart();
        await DieAtWork();
    }

    /// <summary>
    /// Kills the server while it works. The remaining work is divided among the remaining kills.
    /// </summary>
    private async Task DieAtWork()
    {
        var goal = promises.Bytes
            + (dice.NextDouble() * Math.Max(0, (work * Most) - promises.Bytes) / Math.Max(1, _left / 2));
        await Eventually.True(
            "the work went on", () => Task.FromResult(promises.Bytes >= goal || server.Ended.IsCompleted), s_patience);
        IsDead(await server.Kill());
    }

    /// <summary>
    /// Kills the server while it starts. A start shows nothing for which a test could wait, so the
    /// moment is a random time.
    /// </summary>
    private async Task LiveBriefly()
    {
        var start = server.TryRestart();
        await Task.Delay(dice.Next(StartMilliseconds));
        IsDead(await server.Kill());
        await start;
    }

    private Func<Task> LiveUntil(string point) => async () =>
    {
        await server.TryRestart(killAt: $"{point}:{dice.Next(1, 4)}");
        IsDead(await Eventually.Comes($"end of a server that was to die {point}", server.Ended, s_patience));
    };

    /// <summary>
    /// Checks that the process was killed, and had not ended in another way before.
    /// </summary>
    private void IsDead(int code)
    {
        Assert.True(
            code == Sigkill,
            $"The server ended with {code}:\n{server.Log[^Math.Min(server.Log.Length, 3000)..]}");
        _left--;
    }
}
