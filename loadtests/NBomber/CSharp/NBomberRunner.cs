using NBomber.Contracts;
using NBomber.Contracts.Stats;
using NBomber.Engine;

namespace NBomber.CSharp;

/// <summary>Runs scenarios.</summary>
public static class NBomberRunner
{
    /// <summary>These scenarios, side by side.</summary>
    public static NBomberContext RegisterScenarios(params ScenarioProps[] scenarios) => new(scenarios);

    /// <summary>What the reports are headed with.</summary>
    public static NBomberContext WithTestName(this NBomberContext context, string testName) => context with { TestName = testName };

    /// <summary>Where the reports go; <c>reports</c> if nothing is said.</summary>
    public static NBomberContext WithReportFolder(this NBomberContext context, string reportFolderPath) =>
        context with { ReportFolder = reportFolderPath };

    /// <summary>What the reports' files are called, without an extension.</summary>
    public static NBomberContext WithReportFileName(this NBomberContext context, string reportFileName) =>
        context with { ReportFileName = reportFileName };

    /// <summary>What is written; all if nothing is said.</summary>
    public static NBomberContext WithReportFormats(this NBomberContext context, params ReportFormat[] reportFormats) =>
        context with { ReportFormats = reportFormats };

    /// <summary>Writes nothing.</summary>
    public static NBomberContext WithoutReports(this NBomberContext context) => context with { ReportFormats = [] };

    /// <summary>Runs them, shows the result on the console and writes the reports.</summary>
    public static NodeStats Run(this NBomberContext context) => new Session(context, TimeProvider.System, Console.Out).Run().GetAwaiter().GetResult();
}
