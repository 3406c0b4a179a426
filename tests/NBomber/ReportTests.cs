using NBomber.Contracts;
using NBomber.Contracts.Stats;
using NBomber.CSharp;
using NBomberStandIn.Tests.Support;

namespace NBomberStandIn.Tests;

public sealed class ReportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nbomber-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Reports_are_written_as_asked()
    {
        Write(ReportFormat.Html);

        Assert.Equal(["run.html"], Directory.GetFiles(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public void The_page_needs_nothing_else()
    {
        var page = Write(ReportFormat.Html);

        Assert.Contains("<svg", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_tells_everything()
    {
        var page = Write(ReportFormat.Html);

        foreach (var what in new[] { "load", "a step", "cuts", "503", "stats.Ok.Request.Count == 0", "failed" })
            Assert.Contains(what, page, StringComparison.Ordinal);
    }

    [Fact]
    public void What_others_said_is_not_markup() =>
        Assert.Contains("&lt;b&gt;busy", Write(ReportFormat.Html), StringComparison.Ordinal);

    [Fact]
    public void The_text_tells_everything()
    {
        var text = Write(ReportFormat.Txt);

        foreach (var what in new[] { "load", "a step", "cuts", "503", "FAILED  load: stats.Ok.Request.Count == 0" })
            Assert.Contains(what, text, StringComparison.Ordinal);
    }

    private string Write(ReportFormat format)
    {
        var counter = Metric.CreateCounter("cuts", "times");
        var number = 0;
        var load = Load.Of(Simulation.IterationsForConstant(1, 2), async context =>
        {
            await Step.Run("a step", context, () => Task.FromResult(Response.Ok()));
            return ++number == 1 ? Response.Ok() : Response.Fail("503", "<b>busy</b>");
        });
        var run = NBomberRunner
            .RegisterScenarios(
                load.WithInit(Register).WithThresholds(Threshold.Create(stats => stats.Ok.Request.Count == 0)))
            .WithTestName("a test")
            .WithReportFolder(_folder)
            .WithReportFileName("run")
            .WithReportFormats(format)
            .Run();
        return File.ReadAllText(Assert.Single(run.ReportFiles).FilePath);

        Task Register(IScenarioInitContext context)
        {
            context.RegisterMetric(counter);
            return Task.CompletedTask;
        }
    }
}
