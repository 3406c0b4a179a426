using Microsoft.AspNetCore.Mvc;

namespace OrleansIngest.Gateway.Problems;

/// <summary>
/// Ends a request with problem details (RFC 9457). It is a regular response to the client, so it is
/// logged only if it has a cause.
/// </summary>
/// <param name="kind">The kind of the problem.</param>
/// <param name="detail">The cause in this case, and the remedy. The client receives it.</param>
/// <param name="cause">The exception for the log; null if the problem is not logged.</param>
internal sealed class ProblemException(ProblemKind kind, string detail, Exception? cause = null)
    : Exception(detail, cause)
{
    /// <summary>The media type of <see cref="Details"/> (RFC 9457, section 3).</summary>
    public const string ContentType = "application/problem+json";

    /// <summary>The kind of the problem.</summary>
    public ProblemKind Kind { get; } = kind;

    /// <summary>
    /// The extension members of the problem (RFC 9457, section 3.2), such as the expected offset.
    /// </summary>
    public Dictionary<string, object?> Members { get; } = [];

    /// <summary>The headers of the response.</summary>
    public Dictionary<string, string> Headers { get; } = [];

    /// <summary>Adds an extension member.</summary>
    public ProblemException With(string member, object? value)
    {
        Members[member] = value;
        return this;
    }

    /// <summary>Adds a header to the response.</summary>
    public ProblemException WithHeader(string name, string value)
    {
        Headers[name] = value;
        return this;
    }

    /// <summary>
    /// Adds <c>Retry-After</c> (RFC 9110, section 10.2.3): the client should wait this long before
    /// it repeats the request.
    /// </summary>
    public ProblemException RetryAfter(int seconds) => WithHeader("Retry-After", seconds.ToString());

    /// <summary>The body of the response.</summary>
    public ProblemDetails Details() => new()
    {
        Type = Kind.Type,
        Title = Kind.Title,
        Status = Kind.Status,
        Detail = Message,
        Extensions = Members,
    };
}
