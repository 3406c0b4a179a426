using Microsoft.AspNetCore.Mvc;

namespace OrleansIngest.Gateway.Problems;

/// <summary>Ends a request with a problem. It is an answer to the client, not a fault: it is not logged as one.</summary>
/// <param name="kind">Which problem.</param>
/// <param name="detail">What is the matter in this case, and what to do about it.</param>
/// <param name="cause">For the log, not for the client.</param>
internal sealed class ProblemException(ProblemKind kind, string detail, Exception? cause = null) : Exception(detail, cause)
{
    /// <summary>The media type of <see cref="Details"/> (RFC 9457).</summary>
    public const string ContentType = "application/problem+json";

    public ProblemKind Kind { get; } = kind;

    /// <summary>Further members of the problem, such as the expected offset.</summary>
    public Dictionary<string, object?> Members { get; } = [];

    /// <summary>Headers of the answer.</summary>
    public Dictionary<string, string> Headers { get; } = [];

    public ProblemException With(string member, object? value)
    {
        Members[member] = value;
        return this;
    }

    public ProblemException WithHeader(string name, string value)
    {
        Headers[name] = value;
        return this;
    }

    /// <summary>The client should wait that long before it tries again.</summary>
    public ProblemException RetryAfter(int seconds) => WithHeader("Retry-After", seconds.ToString());

    /// <summary>The body of the answer.</summary>
    public ProblemDetails Details() => new()
    {
        Type = Kind.Type,
        Title = Kind.Title,
        Status = Kind.Status,
        Detail = Message,
        Extensions = Members,
    };
}
