using System.Net.Sockets;
using OrleansIngest.LoadTests.Support.Reports;

namespace OrleansIngest.LoadTests.Support;

/// <summary>
/// A measuring program: it parses its options, runs the client on one core, and ends with a table
/// of goals and a report.
/// </summary>
/// <typeparam name="T">The type of the options.</typeparam>
/// <param name="usage">The usage of the command line.</param>
/// <param name="parse">
/// Parses the command line; throws <see cref="FormatException"/> if it is wrong.
/// </param>
/// <param name="isStrict">Whether a missed goal makes the program fail.</param>
/// <param name="measure">Measures.</param>
public sealed class Measurement<T>(
    string usage, Func<IEnumerable<string>, T> parse, Func<T, bool> isStrict, Func<T, Task<MeasuredReport>> measure)
{
    /// <summary>Runs the program.</summary>
    /// <returns>
    /// The exit code: 1 if a goal is missed and <c>--strict</c> was given, 2 for a wrong command
    /// line, 3 if the measurement failed.
    /// </returns>
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
