using NBomber.Contracts.Stats;

namespace NBomber.Contracts;

/// <summary>The description of a run, made with <see cref="CSharp.NBomberRunner"/>.</summary>
public sealed record NBomberContext
{
    internal NBomberContext(IReadOnlyList<ScenarioProps> scenarios) => Scenarios = scenarios;

    internal IReadOnlyList<ScenarioProps> Scenarios { get; }

    internal string TestName { get; init; } = "nbomber_default_test_name";

    internal string ReportFolder { get; init; } = "reports";

    internal string ReportFileName { get; init; } = "nbomber_report";

    internal IReadOnlyList<ReportFormat> ReportFormats { get; init; } = [ReportFormat.Txt, ReportFormat.Html];
}
