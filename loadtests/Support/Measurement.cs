using System.Net.Sockets;
using OrleansIngest.LoadTests.Support.Reports;

namespace OrleansIngest.LoadTests.Support;

/// <summary>A program that measures: what its options say, with its client on one core, and ends with a table of goals and a report.</summary>
/// <typeparam name="T">Its options.</typeparam>
/// <param name="usage">How its command line is written.</param>
/// <param name="parse">Reads the command line; <see cref="FormatException"/> if it cannot be meant.</param>
/// <param name="isStrict">Whether it fails if a goal is missed.</param>
/// <param name="measure">Measures.</param>
public sealed class Measurement<T>(string usage, Func<IEnumerable<string>, T> parse, Func<T, bool> isStrict, Func<T, Task<MeasuredReport>> measure)
{
    /// <summary>Runs it.</summary>
    /// <returns>The exit code: 1 if a goal is missed and that matters, 2 for a wrong command line, 3 if something could not be measured.</returns>
    public async Task<int> Run(string[] arguments)
    {
        T options;
        try
        {
            options = parse(arguments);
        }
        catch (FormatException e)
        {
            await Console.Error.WriteLineAsync($"{e.Message}\n{usage}");
            return 2;
        }
        try
        {
            var goals = await Report(options);
            return isStrict(options) && goals.Any(goal => goal.IsMissed) ? 1 : 0;
        }
        catch (Exception e) when (e is InvalidOperationException or InvalidDataException or SocketException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 3;
        }
    }

    private async Task<IReadOnlyList<Goal>> Report(T options)
    {
        Cores.PinProcess(Cores.Client);
        var report = await measure(options);
        Console.WriteLine(TextTable.Of(report.Goals.Select(goal => goal.Line).Prepend(Goal.Head)));
        await report.Write();
        return report.Goals;
    }
}
