#pragma warning disable RCS1194 // the constructors are those of the real types
namespace NBomber.Contracts;

/// <summary>The result of an iteration or a step.</summary>
public interface IResponse
{
    /// <summary>A status code, such as an HTTP status; empty if there is none.</summary>
    string StatusCode { get; }

    /// <summary>Whether it is a failure.</summary>
    bool IsError { get; }

    /// <summary>The number of transferred bytes.</summary>
    long SizeBytes { get; }

    /// <summary>
    /// A latency in milliseconds that replaces the measured one; 0 for the measured one.
    /// </summary>
    double CustomLatencyMs { get; }

    /// <summary>A message for people.</summary>
    string Message { get; }
}

/// <summary>A response of the type to which the real package gives a payload.</summary>
/// <typeparam name="T">The type of the payload, which this stand-in leaves out.</typeparam>
/// <param name="StatusCode">A status code, such as an HTTP status; empty if there is none.</param>
/// <param name="IsError">Whether it is a failure.</param>
/// <param name="SizeBytes">The number of transferred bytes.</param>
/// <param name="CustomLatencyMs">
/// A latency in milliseconds that replaces the measured one; 0 for the measured one.
/// </param>
/// <param name="Message">A message for people.</param>
public sealed record Response<T>(
    string StatusCode, bool IsError, long SizeBytes, double CustomLatencyMs, string Message) : IResponse;

/// <summary>
/// Thrown by an iteration or a step that does not count, such as one that was waiting when the
/// scenario ended.
/// </summary>
public sealed class IgnoreMeasurementException : Exception
{
    /// <summary>Takes the iteration or step out of the count.</summary>
    public IgnoreMeasurementException()
        : base("This measurement does not count.")
    {
    }
}
