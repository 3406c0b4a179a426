using NBomber.Contracts;

namespace NBomber.CSharp;

/// <summary>Creates responses.</summary>
public static class Response
{
    /// <summary>A success.</summary>
    public static Response<object> Ok(
        string statusCode = "", long sizeBytes = 0, string message = "", double customLatencyMs = 0) =>
        new(statusCode, IsError: false, sizeBytes, customLatencyMs, message);

    /// <summary>A failure.</summary>
    public static Response<object> Fail(
        string statusCode = "", string message = "", long sizeBytes = 0, double customLatencyMs = 0) =>
        new(statusCode, IsError: true, sizeBytes, customLatencyMs, message);
}
