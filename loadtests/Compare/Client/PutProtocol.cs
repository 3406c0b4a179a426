using OrleansIngest.LoadTests.Support.Client;

namespace OrleansIngest.LoadTests.Compare.Client;

/// <summary>
/// A file in one PUT, whatever its size. This protocol has no other way, and cannot resume after a
/// cut.
/// </summary>
internal sealed class PutProtocol : IProtocol
{
    private long _count;

    public string Upload(Connection connection, Workload body)
    {
        var location = $"/{Interlocked.Increment(ref _count)}.jpg";
        connection.Ask($"PUT {location}", [.. Parts(body)]).Must(201);
        return location;
    }

    /// <summary>Sends the bytes from the same buffer as the protocol with PATCHes does.</summary>
    private static IEnumerable<ArraySegment<byte>> Parts(Workload body)
    {
        var parts = Content.First(body.Chunk).AsEnumerable();
        for (var offset = body.Chunk; offset < body.Size; offset += body.Chunk)
            parts = parts.Concat(Content.Next(Math.Min(body.Chunk, body.Size - offset)));
        return parts;
    }
}
