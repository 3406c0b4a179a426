using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OrleansIngest.Gateway.Problems;

namespace OrleansIngest.Unit.Tests.Gateway;

/// <summary>However often something fails, there are ten lines, and then one a minute.</summary>
public sealed class ProblemLogTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Lines _lines = new();
    private readonly ProblemLog _log;

    public ProblemLogTests() => _log = new ProblemLog(_time, _lines);

    [Fact]
    public void The_first_ones_are_logged_and_the_next_line_says_how_many_there_were()
    {
        for (var i = 0; i < 1000; i++)
            Fail(ProblemKind.Internal, new InvalidOperationException());
        Assert.Equal(Enumerable.Repeat("Error GET /a: internal", 10), _lines.Written);

        _time.Advance(TimeSpan.FromMinutes(1));
        Fail(ProblemKind.Internal, new InvalidOperationException());
        Fail(ProblemKind.Internal, new InvalidOperationException());

        Assert.Equal("Error GET /a: internal (990 more since the last line)", _lines.Written[^1]);
        Assert.Equal(11, _lines.Written.Count);
    }

    [Fact]
    public void One_failure_does_not_hide_another()
    {
        Fail(ProblemKind.Internal, new InvalidOperationException());
        Fail(ProblemKind.Internal, new FormatException());
        Fail(ProblemKind.Unavailable, new InvalidOperationException());

        Assert.Equal(
            ["Error GET /a: internal", "Error GET /a: internal", "Warning GET /a: unavailable"],
            _lines.Written);
    }

    private void Fail(ProblemKind kind, Exception cause) =>
        _log.Write(new ProblemException(kind, "It failed."), cause, () => "GET /a");

    private sealed class Lines : ILogger<ProblemLog>
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            Written.Add($"{logLevel} {formatter(state, exception)}");
    }
}
