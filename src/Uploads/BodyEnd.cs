namespace OrleansIngest.Uploads;

/// <summary>How the body of a request ended.</summary>
public enum BodyEnd
{
    /// <summary>All of it came.</summary>
    Whole,

    /// <summary>
    /// The server stopped it: for another request, because it was silent for too long, or because
    /// the process ends.
    /// </summary>
    Stopped,

    /// <summary>The connection broke.</summary>
    Cut,

    /// <summary>It is longer than the upload has room for.</summary>
    TooLong,

    /// <summary>The store has no room for more of it.</summary>
    StoreFull,

    /// <summary>All of it came, and it does not have the digest that was promised.</summary>
    Wrong,

    /// <summary>It cannot be a file of the format that the job takes.</summary>
    BadFormat,

    /// <summary>
    /// The upload has ended meanwhile, for example because its media was deleted.
    /// </summary>
    Ended,
}
