using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace StandIns.Grpc.Tests.Support;

/// <summary>Remembers the errors that a server logged.</summary>
internal sealed class LogRecord : ILoggerProvider, ILogger
{
    public ConcurrentQueue<Exception?> Errors { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) Errors.Enqueue(exception);
    }

    public void Dispose()
    {
    }
}
