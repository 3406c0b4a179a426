#pragma warning disable RCS1194 // the constructors are those of the real types
namespace NBomber.Contracts;

/// <summary>What a scenario's iteration or a step says of itself.</summary>
public interface IResponse
{
    /// <summary>Such as an HTTP status; empty if it has none.</summary>
    string StatusCode { get; }

    /// <summary>Whether it failed.</summary>
    bool IsError { get; }

    /// <summary>Bytes that it transferred.</summary>
    long SizeBytes { get; }

    /// <summary>A latency in milliseconds that counts instead of the measured one; 0 for the measured one.</summary>
    double CustomLatencyMs { get; }

    /// <summary>For people.</summary>
    string Message { get; }
}

/// <summary>The same, of a type that the real package gives a payload.</summary>
/// <typeparam name="T">The payload's type, which this stand-in leaves out.</typeparam>
/// <param name="StatusCode">Such as an HTTP status; empty if it has none.</param>
/// <param name="IsError">Whether it failed.</param>
/// <param name="SizeBytes">Bytes that it transferred.</param>
/// <param name="CustomLatencyMs">A latency in milliseconds that counts instead of the measured one; 0 for the measured one.</param>
/// <param name="Message">For people.</param>
public sealed record Response<T>(string StatusCode, bool IsError, long SizeBytes, double CustomLatencyMs, string Message) : IResponse;

/// <summary>An iteration or a step that throws it is not counted: for one that waited for something when the scenario ended.</summary>
public sealed class IgnoreMeasurementException : Exception
{
    /// <summary>Takes it out of the count.</summary>
    public IgnoreMeasurementException()
        : base("This measurement does not count.")
    {
    }
}
