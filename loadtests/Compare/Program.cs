using OrleansIngest.LoadTests.Compare;
using OrleansIngest.LoadTests.Compare.Measuring;
using OrleansIngest.LoadTests.Compare.Reports;
using OrleansIngest.LoadTests.Support;

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

foreach (var (what, fact) in Machine.Facts)
    Console.WriteLine($"{what}: {fact}");
Cores.PinProcess(Cores.Client);

var results = new List<WorkloadResult>();
await using (var comparison = await Comparison.Start(options))
{
    foreach (var body in options.Bodies)
    {
        results.Add(comparison.Measure(body));
        Console.WriteLine($"\n{TextReport.Of(results[^1])}");
    }
}

List<Goal> goals = [.. Goal.Check(results)];
Console.WriteLine(TextReport.Of(goals));
var folder = Directory.CreateDirectory(Path.Combine(Paths.Artifacts, "compare")).FullName;
await File.WriteAllTextAsync(Path.Combine(folder, "compare.json"), JsonReport.Of(results, goals));
await File.WriteAllTextAsync(Path.Combine(folder, "compare.html"), HtmlReport.Of(results, goals));
Console.WriteLine($"{folder}/compare.html shows it, compare.json has every round.");
return options.Strict && goals.Any(goal => goal.IsMissed) ? 1 : 0;
