using OrleansIngest.LoadTests.Compare;
using OrleansIngest.LoadTests.Compare.Measuring;
using OrleansIngest.LoadTests.Compare.Reports;
using OrleansIngest.LoadTests.Support;
using OrleansIngest.LoadTests.Support.Reports;

return await new Measurement<Options>(Options.Usage, Options.Parse, options => options.Strict, Measure).Run(args);

static async Task<MeasuredReport> Measure(Options options)
{
    foreach (var (what, fact) in Peers.Facts)
        Console.WriteLine($"{what}: {fact}");
    var results = new List<WorkloadResult>();
    await using var comparison = new Comparison(options);
    await comparison.Start();
    foreach (var body in options.Bodies)
    {
        results.Add(comparison.Measure(body));
        Console.WriteLine($"\n{results[^1].Name}\n{TextTable.Of(FigureTable.Of(results[^1]))}");
    }
    List<Goal> goals = [.. Goals.Check(results)];
    return new MeasuredReport("compare", goals, HtmlReport.Of(results, goals), JsonReport.Of(results, goals));
}
