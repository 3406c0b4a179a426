using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.PowerCut;

/// <summary>
/// Crashes and power cuts at any moment, one after the other, under devices that do
/// anything: no promise is ever broken.
/// </summary>
public sealed class RandomWorkTests(ITestOutputHelper output)
{
    private const string Job = "roof-7";
    private const int Phones = 6;

    private static readonly int s_crashes = Number("INGEST_CRASHES", 5);
    private static readonly int s_seed = Number("INGEST_CRASH_SEED", 1);
    private static readonly string[] s_points =
    [
        "before-verifying", "after-last-byte", "after-sync",
        "before-commit", "after-commit", "before-answer", "while-freeing"
    ];

    [PowerCutTheory]
    [InlineData(Left.OnlyWhatWasSynced)]
    [InlineData(Left.NamesAndLengths)]
    [InlineData(Left.AnyPart)]
    public async Task No_promise_is_broken(Left left)
    {
        var luck = new Random((100 * s_seed) + (int)left);
        var phones = Enumerable.Range(0, Phones).Select(_ => new Phone(Job, luck.Next())).ToList();
        var watcher = new Watcher(Job);
        await using var fragile = FragileServer.Create();
        for (var crash = 0; crash < s_crashes; crash++)
        {
            fragile.Disk.Spare();
            var point = ChooseEnd(luck, fragile.Disk);
            if (await fragile.TryRestart(point))
                await Task.WhenAll(
                    [UntilItEnds(fragile, watcher.Live), .. phones.Select(phone => UntilItEnds(fragile, phone.Live))]);
            output.WriteLine(
                $"{point ?? "a sync"}: {fragile.Disk.Syncs.Count} syncs, {phones.Sum(phone => phone.Promises)} files");
            if (luck.Next(2) == 0 || crash == s_crashes - 1)
                await fragile.CutPower(left, luck);
        }
        await fragile.Restart();
        await MustBeRight(fragile.Server, phones, watcher);
    }

    /// <summary>
    /// Chooses one of the worst moments of a completion and returns it, or
    /// chooses a sync and returns null.
    /// </summary>
    private static string? ChooseEnd(Random luck, ForgetfulDisk disk)
    {
        if (luck.Next(2) == 0)
            return $"{s_points[luck.Next(s_points.Length)]}:{luck.Next(1, 20)}";
        disk.KillAt("*", luck.Next(1, 400));
        return null;
    }

    private static async Task MustBeRight(IngestServer server, List<Phone> phones, Watcher watcher)
    {
        await watcher.HistoryMustHold(server);
        await Task.WhenAll(phones.Select(phone => phone.PromisesMustHold(server)));
        await Task.WhenAll(phones.Select(phone => phone.Finish(server)));
        await ControlSocket.Run(server, "sweep?grace=0"); // of what came back
        await Task.WhenAll(phones.Select(phone => phone.PromisesMustHold(server)));
        server.MustHaveACleanLog();
    }

    /// <summary>Requests fail when the server ends, and only then.</summary>
    private static async Task UntilItEnds(FragileServer fragile, Func<IngestServer, Task> live)
    {
        try
        {
            await live(fragile.Server);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            await fragile.Dies();
        }
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : otherwise;
}
