using Grpc.Core;
using NBomber.Contracts.Stats;
using NBomber.CSharp;
using OrleansIngest.LoadTests.Scenarios;
using OrleansIngest.LoadTests.Scenarios.Bench;

try
{
    var tests = Chosen(new Options(args));
    var failed = new List<string>();
    foreach (var test in tests)
    {
        if (!await Run(test))
            failed.Add(test.Name);
    }
    Console.WriteLine(failed.Count == 0 ? "All thresholds are met." : $"Failed: {string.Join(", ", failed)}");
    return failed.Count == 0 ? 0 : 1;
}
catch (UsageException e)
{
    Console.Error.WriteLine($"{e.Message}\n\nloadtests/run <load test>… [--option value]…\n");
    foreach (var test in LoadTest.All)
        Console.Error.WriteLine($"{test.Name}: {test.About}\n    {OptionsOf(test, [])}");
    return 2;
}
catch (Exception e) when (e is HttpRequestException or RpcException or InvalidOperationException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

IReadOnlyList<LoadTest> Chosen(Options options)
{
    var chosen = LoadTest.All.Where(test => options.Names.Contains(test.Name)).ToArray();
    if (options.Names.Except(chosen.Select(test => test.Name)).FirstOrDefault() is { } unknown)
        throw new UsageException($"There is no load test '{unknown}'.");
    if (chosen.Length == 0)
        throw new UsageException("Which one?");
    var unread = chosen.Select(test => OptionsOf(test, args).Unknown).Aggregate((a, b) => a.Intersect(b));
    if (unread.FirstOrDefault() is { } option)
        throw new UsageException($"--{option} is not an option of {string.Join(", ", options.Names)}.");
    return chosen;
}

// Creates the scenarios for a server that does not exist, to learn which options they read.
static Options OptionsOf(LoadTest test, string[] arguments)
{
    var options = new Options(arguments);
    test.Create(new TestBench(test.Name, Target.Nowhere, options));
    return options;
}

async Task<bool> Run(LoadTest test)
{
    var options = new Options(args);
    await using var target = await Target.Open(options, test.Settings);
    await using var bench = new TestBench(test.Name, target, options);
    var scenarios = test.Create(bench);
    Console.WriteLine($"{test.Name} {options}");
    var stats = await Task.Run(() => NBomberRunner
        .RegisterScenarios(scenarios)
        .WithTestName($"{test.Name} {options}")
        .WithReportFolder(options.ReportFolder)
        .WithReportFileName(test.Name)
        .WithReportFormats(ReportFormat.Html, ReportFormat.Txt)
        .Run());
    var isTrue = await bench.Check();
    return isTrue && !stats.Thresholds.Any(threshold => threshold.IsFailed);
}
