namespace OrleansIngest.Uploads;

/// <summary>
/// What a request for an upload led to: the upload's status, or why the request was refused.
/// </summary>
public readonly record struct UploadOutcome
{
    private UploadOutcome(UploadStatus? status, UploadRefusal? refusal) => (Status, Refusal) = (status, refusal);

    /// <summary>The upload's status; null if the request was refused.</summary>
    public UploadStatus? Status { get; }

    /// <summary>Why the request was refused; null if it was not.</summary>
    public UploadRefusal? Refusal { get; }

    /// <summary>A request that succeeded.</summary>
    public static implicit operator UploadOutcome(UploadStatus status) => new(status, refusal: null);

    /// <summary>A request that was refused.</summary>
    public static implicit operator UploadOutcome(UploadRefusal refusal) => new(status: null, refusal);

    /// <summary>A request that was refused.</summary>
    public static implicit operator UploadOutcome(RefusalReason reason) => new UploadRefusal(reason);
}
