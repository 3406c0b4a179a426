using OrleansIngest.LoadTests.Compare;
using OrleansIngest.LoadTests.Compare.Measuring;
using OrleansIngest.LoadTests.Compare.Reports;
using OrleansIngest.LoadTests.Support;
using OrleansIngest.LoadTests.Support.Reports;

Options options;
try
{
    options = Options.Parse(args);
}
catch (FormatException e)
{
    await Console.Error.WriteLineAsync($"{e.Message}\n{Options.Usage}");
    return 2;
}

try
{
    foreach (var (what, fact) in Peers.Facts)
        Console.WriteLine($"{what}: {fact}");
    Cores.PinProcess(Cores.Client);
    var results = await Measure(options);
    List<Goal> goals = [.. Goals.Check(results)];
    Console.WriteLine(TextTable.Of(goals.Select(goal => goal.Line).Prepend(Goal.Head)));
    await Write(results, goals);
    return options.Strict && goals.Any(goal => goal.IsMissed) ? 1 : 0;
}
catch (InvalidOperationException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 3;
}

static async Task<List<WorkloadResult>> Measure(Options options)
{
    var results = new List<WorkloadResult>();
    await using var comparison = new Comparison(options);
    await comparison.Start();
    foreach (var body in options.Bodies)
    {
        results.Add(comparison.Measure(body));
        Console.WriteLine($"\n{results[^1].Name}\n{TextTable.Of(FigureTable.Of(results[^1]))}");
    }
    return results;
}

static async Task Write(List<WorkloadResult> results, List<Goal> goals)
{
    var folder = Directory.CreateDirectory(Path.Combine(Paths.Artifacts, "compare")).FullName;
    await File.WriteAllTextAsync(Path.Combine(folder, "compare.json"), JsonReport.Of(results, goals));
    await File.WriteAllTextAsync(Path.Combine(folder, "compare.html"), HtmlReport.Of(results, goals));
    Console.WriteLine($"{folder}/compare.html shows it, compare.json has every round.");
}
