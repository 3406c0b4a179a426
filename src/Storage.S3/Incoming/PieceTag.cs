using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.S3.Incoming;

/// <summary>
/// The text that is recorded with a piece: the server's entity tag and, for a part, the tails that
/// it contains. Parts of an unfinished multipart upload cannot be read, so the tails are what the
/// part's beginning is read from if an upload must go back into it.
/// </summary>
internal static class PieceTag
{
    private const char Separator = ' ';

    /// <summary>The text for a part.</summary>
    public static string Of(string tag, IEnumerable<BlobPiece> tails) =>
        string.Join(Separator, tails.Select(tail => $"{Tail.Of(tail)}").Prepend(tag));

    /// <summary>The entity tag of a piece.</summary>
    public static string ETag(BlobPiece piece) => piece.ETag.Split(Separator)[0];

    /// <summary>The tails that a part contains, in order.</summary>
    public static IEnumerable<Tail> Tails(BlobPiece part)
    {
        foreach (var text in part.ETag.Split(Separator).Skip(1))
        {
            if (Tail.TryParse(text, out var tail))
                yield return tail;
        }
    }
}
