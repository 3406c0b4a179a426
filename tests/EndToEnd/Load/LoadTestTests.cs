using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Load;

/// <summary>
/// The load tests themselves: only that they measure and judge, not what they measure.
/// </summary>
public sealed class LoadTestTests : IDisposable
{
    private readonly TemporaryFolder _reports = new();

    public void Dispose() => _reports.Dispose();

    [Fact]
    public async Task A_load_test_runs_checks_and_reports()
    {
        var (code, said) = await Run(
            "small-photos", "flaky-network", "--warm-up", "0s", "--duration",
            "2s", "--rate", "50", "--uploads", "20", "--max-p99", "60000");

        Assert.True(code == 0, said);
        Assert.Contains("\n100 uploads that were called complete are stored", said, StringComparison.Ordinal);
        Assert.Contains("\n20 uploads that were called complete are stored", said, StringComparison.Ordinal);
        Reported("small-photos", "<td>100</td>", "<td class=\"text\">server&#39;s CPU</td>", "<svg");
        Reported("flaky-network", "<td>20</td>", "<td class=\"text\">cuts</td>", "head: ok");
    }

    [Fact]
    public async Task A_threshold_that_is_not_met_fails_the_load_test()
    {
        var (code, said) = await Run(
            "small-photos", "--warm-up", "0s", "--duration", "1s", "--rate", "5", "--max-p99", "0");

        Assert.Equal(1, code);
        Assert.Contains("FAILED  small photos: stats.Ok.Latency.Percent99 <= 0", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_fails_the_load_test()
    {
        var (code, said) = await Run("small-photos", "--server", $"http://127.0.0.1:{Ports.Take()}");

        Assert.Equal(1, code);
        Assert.Contains("Connection refused", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("There is no load test 'no-such'", "no-such")]
    [InlineData("--such is not an option of small-photos", "small-photos", "--such", "1")]
    [InlineData("--rate is a whole number", "small-photos", "--rate", "fast")]
    public async Task A_wrong_command_line_is_explained(string why, params string[] arguments)
    {
        var (code, said) = await Run(arguments);

        Assert.Equal(2, code);
        Assert.Contains(why, said, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Said)> Run(params string[] arguments)
    {
        await using var program = new ChildProcess(
            "dotnet", [Paths.LoadTests, .. arguments, "--report", _reports.Path], _reports.Path);
        var code = await Eventually.Comes("end of a load test", program.Ended);
        return (code, program.Output + program.Errors);
    }

    private void Reported(string name, params string[] what)
    {
        var page = File.ReadAllText(_reports.File($"{name}.html"));
        Assert.All(what, part => Assert.Contains(part, page, StringComparison.Ordinal));
    }
}
