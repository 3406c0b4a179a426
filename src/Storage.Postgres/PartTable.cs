using Npgsql;
using OrleansIngest.Grains.Model;

namespace OrleansIngest.Storage.Postgres;

/// <summary>
/// The table <c>parts</c>: which joined blobs a blob is a part of. A row is not removed when the
/// joined blob is no longer needed. It is only a hint: a blob is needed only if an upload or a
/// media still names the joined blob.
/// </summary>
internal static class PartTable
{
    private const string PutParts = $"""
        INSERT INTO parts (part, joined)
        SELECT part, joined FROM unnest($2::text[], $3::text[], $4::uuid[]) AS a (job, part, joined)
        {AppendGroup.OfAppended}
        ON CONFLICT DO NOTHING
        """;

    /// <summary>The parts of the joined blobs of media.</summary>
    public static IReadOnlyCollection<OfJob<(BlobId Part, Guid Joined)>> Of(IEnumerable<OfJob<Media>> media) =>
    [
        .. from one in media
           from blob in new[] { one.Row.Incoming, one.Row.Content }
           where blob?.Kind == BlobKind.Joined
           from part in blob.Parts
           select new OfJob<(BlobId, Guid)>(one.Job, (part, blob.Uuid)),
    ];

    /// <summary>Writes parts for the jobs that a transaction appends to.</summary>
    public static NpgsqlBatchCommand Put(
        IReadOnlyCollection<OfJob<(BlobId Part, Guid Joined)>> parts, Guid transaction) =>
        new NpgsqlBatchCommand(PutParts).With(transaction)
            .WithEach(parts, a => a.Job).WithEach(parts, a => a.Row.Part.ToString()).WithEach(parts, a => a.Row.Joined);
}
