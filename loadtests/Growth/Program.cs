using System.Net.Sockets;
using OrleansIngest.LoadTests.Growth;
using OrleansIngest.LoadTests.Growth.Reports;
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
    foreach (var (what, fact) in Machine.Facts)
        Console.WriteLine($"{what}: {fact}");
    Cores.PinProcess(Cores.Client);
    var report = new Report(await Measure(options));
    Console.WriteLine(TextTable.Of(report.Goals.Select(goal => goal.Line).Prepend(Goal.Head)));
    await Write(report);
    return options.Strict && report.Goals.Any(goal => goal.IsMissed) ? 1 : 0;
}
catch (Exception e) when (e is InvalidOperationException or InvalidDataException or SocketException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 3;
}

static async Task<List<(Section, SectionResult)>> Measure(Options options)
{
    var results = new List<(Section, SectionResult)>();
    foreach (var section in options.Sections)
    {
        var result = await section.Measure(options.Scale);
        results.Add((section, result));
        Console.WriteLine($"\n{section.Name}\n{TextTable.Of(Report.Table(result))}");
    }
    return results;
}

static async Task Write(Report report)
{
    var folder = Directory.CreateDirectory(Path.Combine(Paths.Artifacts, "growth")).FullName;
    await File.WriteAllTextAsync(Path.Combine(folder, "growth.json"), report.Json);
    await File.WriteAllTextAsync(Path.Combine(folder, "growth.html"), report.Html);
    Console.WriteLine($"{folder}/growth.html shows it, growth.json has every round.");
}
