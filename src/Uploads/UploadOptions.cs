namespace OrleansIngest.Uploads;

/// <summary>The limits of uploads.</summary>
public sealed record UploadOptions
{
    /// <summary>
    /// A body of at most this many bytes is small: if it comes whole with its creation, it may
    /// share a file with others.
    /// </summary>
    public const long SmallBody = 1 << 20;

    /// <summary>Most bytes of an upload.</summary>
    public required long MaxSize { get; init; }

    /// <summary>How much running time an upload lives without a byte.</summary>
    public required TimeSpan Expiry { get; init; }

    /// <summary>How long a request's body may be silent before the request is ended.</summary>
    public required TimeSpan BodySilence { get; init; }

    /// <summary>
    /// How many uploads of one device may be open at the same time; 0 for any number.
    /// </summary>
    public required int MaxOpenPerDevice { get; init; }

    /// <summary>
    /// The jobs that take only JPEGs with metadata: their keys. A key that ends with <c>*</c>
    /// stands for all keys that begin with the rest of it.
    /// </summary>
    public required IReadOnlyList<string> JpegOnlyJobs { get; init; }
}
