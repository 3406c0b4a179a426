namespace Grpc.Core;

/// <summary>Options of a call.</summary>
public readonly struct CallOptions
{
    /// <summary>Metadata to send, when to give up (UTC), and how to cancel.</summary>
    public CallOptions(Metadata? headers = null, DateTime? deadline = null, CancellationToken cancellationToken = default) =>
        (Headers, Deadline, CancellationToken) = (headers, deadline, cancellationToken);

    /// <summary>Metadata to send.</summary>
    public Metadata? Headers { get; }

    /// <summary>When to give up (UTC); null for never.</summary>
    public DateTime? Deadline { get; }

    /// <summary>Cancels the call.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>The same with other metadata.</summary>
    public CallOptions WithHeaders(Metadata headers) => new(headers, Deadline, CancellationToken);

    /// <summary>The same with another deadline.</summary>
    public CallOptions WithDeadline(DateTime deadline) => new(Headers, deadline, CancellationToken);

    /// <summary>The same with another way to cancel.</summary>
    public CallOptions WithCancellationToken(CancellationToken cancellationToken) => new(Headers, Deadline, cancellationToken);
}
