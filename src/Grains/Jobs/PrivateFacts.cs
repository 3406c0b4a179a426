using OrleansIngest.Grains.Model;
using OrleansIngest.Protos.Internal.V1;

namespace OrleansIngest.Grains.Jobs;

/// <summary>What the journal keeps beside an event and only the server sees.</summary>
public sealed record PrivateFacts
{
    /// <summary>Of an event that has none.</summary>
    public static readonly PrivateFacts None = new();

    /// <summary>
    /// The blob that receives the bytes, of <c>upload_started</c>; the blob that had received them,
    /// of <c>upload_failed</c>.
    /// </summary>
    public BlobId? Incoming { get; init; }

    /// <summary>The blob that holds the bytes from this event on.</summary>
    public BlobId? Content { get; init; }

    /// <summary>tus <c>Upload-Metadata</c> as it came, of <c>upload_started</c>.</summary>
    public string RawMetadata { get; init; } = "";

    /// <summary>tus <c>Upload-Concat</c> as it came, of <c>upload_started</c>.</summary>
    public string Concat { get; init; } = "";

    /// <summary>Reads what <see cref="ToPart"/> made.</summary>
    /// <exception cref="FormatException">It names no blob where it should.</exception>
    internal static PrivateFacts Of(PrivatePart part) => new()
    {
        Incoming = ToBlob(part.Incoming),
        Content = ToBlob(part.Content),
        RawMetadata = part.RawMetadata,
        Concat = part.Concat,
    };

    /// <summary>As it is encoded.</summary>
    internal PrivatePart ToPart() => new()
    {
        Incoming = Incoming?.ToString() ?? "",
        Content = Content?.ToString() ?? "",
        RawMetadata = RawMetadata,
        Concat = Concat,
    };

    private static BlobId? ToBlob(string text) => text.Length == 0 ? null : BlobId.Parse(text);
}
