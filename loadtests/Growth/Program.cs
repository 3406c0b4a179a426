using OrleansIngest.LoadTests.Growth;
using OrleansIngest.LoadTests.Growth.Reports;
using OrleansIngest.LoadTests.Support;
using OrleansIngest.LoadTests.Support.Reports;

return await new Measurement<Options>(Options.Usage, Options.Parse, options => options.Strict, Measure).Run(args);

static async Task<MeasuredReport> Measure(Options options)
{
    foreach (var (what, fact) in Machine.Facts)
        Console.WriteLine($"{what}: {fact}");
    var results = new List<(Section, SectionResult)>();
    foreach (var section in options.Sections)
    {
        var result = await section.Measure(options.Scale);
        results.Add((section, result));
        Console.WriteLine($"\n{section.Name}\n{TextTable.Of(Report.Table(result))}");
    }
    var report = new Report(results);
    return new MeasuredReport("growth", report.Goals, report.Html, report.Json);
}
