using NBomber.Contracts;
using NBomber.Contracts.Stats;
using NBomber.Engine;

namespace NBomber.CSharp;

/// <summary>Runs scenarios.</summary>
public static class NBomberRunner
{
    /// <summary>Registers the scenarios, which run side by side.</summary>
    public static NBomberContext RegisterScenarios(params ScenarioProps[] scenarios) => new(scenarios);

    /// <summary>Sets the heading of the reports.</summary>
    public static NBomberContext WithTestName(this NBomberContext context, string testName) =>
        context with { TestName = testName };

    /// <summary>Sets the folder of the reports; the default is <c>reports</c>.</summary>
    public static NBomberContext WithReportFolder(this NBomberContext context, string reportFolderPath) =>
        context with { ReportFolder = reportFolderPath };

    /// <summary>Sets the name of the reports' files, without an extension.</summary>
    public static NBomberContext WithReportFileName(this NBomberContext context, string reportFileName) =>
        context with { ReportFileName = reportFileName };

    /// <summary>Sets the formats of the reports; the default is all of them.</summary>
    public static NBomberContext WithReportFormats(this NBomberContext context, params ReportFormat[] reportFormats) =>
        context with { ReportFormats = reportFormats };

    /// <summary>Turns the reports off.</summary>
    public static NBomberContext WithoutReports(this NBomberContext context) => context with { ReportFormats = [] };

    /// <summary>
    /// Runs the scenarios, shows the result on the console and writes the reports.
    /// </summary>
    public static NodeStats Run(this NBomberContext context) =>
        new Session(context, TimeProvider.System, Console.Out).Run().GetAwaiter().GetResult();
}
