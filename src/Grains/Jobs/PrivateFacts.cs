using OrleansIngest.Grains.Model;
using OrleansIngest.Protos.Internal.V1;

namespace OrleansIngest.Grains.Jobs;

/// <summary>The private part of an event, which only the server sees.</summary>
public sealed record PrivateFacts
{
    /// <summary>An empty private part.</summary>
    public static readonly PrivateFacts None = new();

    /// <summary>
    /// In <c>upload_started</c>, the blob that receives the bytes; in <c>upload_failed</c>, the
    /// blob that received them.
    /// </summary>
    public BlobId? Incoming { get; init; }

    /// <summary>The blob that holds the bytes from this event on.</summary>
    public BlobId? Content { get; init; }

    /// <summary>
    /// In <c>upload_started</c>, the tus <c>Upload-Metadata</c> as it was received.
    /// </summary>
    public string RawMetadata { get; init; } = "";

    /// <summary>
    /// In <c>upload_started</c>, the tus <c>Upload-Concat</c> as it was received.
    /// </summary>
    public string Concat { get; init; } = "";

    /// <summary>Converts from the protobuf message.</summary>
    /// <exception cref="FormatException">A text is not the name of a blob.</exception>
    internal static PrivateFacts Of(PrivatePart part) => new()
    {
        Incoming = ToBlob(part.Incoming),
        Content = ToBlob(part.Content),
        RawMetadata = part.RawMetadata,
        Concat = part.Concat,
    };

    /// <summary>Converts to the protobuf message.</summary>
    internal PrivatePart ToPart() => new()
    {
        Incoming = Incoming?.ToString() ?? "",
        Content = Content?.ToString() ?? "",
        RawMetadata = RawMetadata,
        Concat = Concat,
    };

    private static BlobId? ToBlob(string text) => text.Length == 0 ? null : BlobId.Parse(text);
}
