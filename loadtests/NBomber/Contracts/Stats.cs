using NBomber.Contracts.Metrics;

namespace NBomber.Contracts.Stats;

/// <summary>What a report is written as.</summary>
public enum ReportFormat
{
    /// <summary>What the console shows, as a file.</summary>
    Txt = 0,

    /// <summary>One page with charts.</summary>
    Html = 1,
}

/// <summary>How often.</summary>
/// <param name="Count">How often.</param>
/// <param name="RPS">How often in a second.</param>
public sealed record RequestStats(int Count, double RPS);

/// <summary>How long, in milliseconds, within 1 %.</summary>
/// <param name="MinMs">The shortest.</param>
/// <param name="MeanMs">On average.</param>
/// <param name="MaxMs">The longest.</param>
/// <param name="Percent50">Half of them took at most so long.</param>
/// <param name="Percent75">75 % of them took at most so long.</param>
/// <param name="Percent95">95 % of them took at most so long.</param>
/// <param name="Percent99">99 % of them took at most so long.</param>
public sealed record LatencyStats(
    double MinMs, double MeanMs, double MaxMs, double Percent50, double Percent75, double Percent95, double Percent99);

/// <summary>How many bytes.</summary>
/// <param name="AllBytes">All of them.</param>
public sealed record DataTransferStats(long AllBytes);

/// <summary>How often a status code came.</summary>
/// <param name="StatusCode">As the response said it; -100 was cancelled, -101 threw.</param>
/// <param name="IsError">Whether it says that something failed.</param>
/// <param name="Message">What the first such response said.</param>
/// <param name="Count">How often.</param>
public sealed record StatusCodeStats(string StatusCode, bool IsError, string Message, int Count);

/// <summary>All that went well, or all that failed.</summary>
/// <param name="Request">How often.</param>
/// <param name="Latency">How long.</param>
/// <param name="DataTransfer">How many bytes.</param>
/// <param name="StatusCodes">With what status codes.</param>
public sealed record MeasurementStats(RequestStats Request, LatencyStats Latency, DataTransferStats DataTransfer, StatusCodeStats[] StatusCodes);

/// <summary>A step's measurements.</summary>
/// <param name="StepName">Its name.</param>
/// <param name="Ok">All that went well.</param>
/// <param name="Fail">All that failed.</param>
public sealed record StepStats(string StepName, MeasurementStats Ok, MeasurementStats Fail);

/// <summary>A scenario's measurements.</summary>
/// <param name="ScenarioName">Its name.</param>
/// <param name="Ok">All iterations that went well.</param>
/// <param name="Fail">All iterations that failed.</param>
/// <param name="StepStats">Its steps, in the order in which they first ended.</param>
/// <param name="Duration">How long it ran.</param>
public sealed record ScenarioStats(string ScenarioName, MeasurementStats Ok, MeasurementStats Fail, StepStats[] StepStats, TimeSpan Duration);

/// <summary>What became of a threshold.</summary>
/// <param name="ScenarioName">Whose it is.</param>
/// <param name="StepName">The step that it is about; empty if it is about the scenario or its metrics.</param>
/// <param name="CheckExpression">The condition.</param>
/// <param name="ExceptionMsg">Why it could not be checked; empty if it could.</param>
/// <param name="IsFailed">Whether it was not met.</param>
public sealed record ThresholdResult(string ScenarioName, string StepName, string CheckExpression, string ExceptionMsg, bool IsFailed);

/// <summary>A report that was written.</summary>
/// <param name="FilePath">Where.</param>
/// <param name="ReportFormat">As what.</param>
public sealed record ReportFile(string FilePath, ReportFormat ReportFormat);

/// <summary>The whole run.</summary>
/// <param name="ScenarioStats">Its scenarios.</param>
/// <param name="Metrics">Their metrics.</param>
/// <param name="Thresholds">What became of their thresholds.</param>
/// <param name="Duration">How long it ran.</param>
/// <param name="ReportFiles">The reports that were written.</param>
public sealed record NodeStats(
    ScenarioStats[] ScenarioStats, MetricStats Metrics, ThresholdResult[] Thresholds, TimeSpan Duration, ReportFile[] ReportFiles);
