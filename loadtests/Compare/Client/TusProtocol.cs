using OrleansIngest.LoadTests.Support.Client;

namespace OrleansIngest.LoadTests.Compare.Client;

/// <summary>tus 1.0.0: the bytes come with the POST, or in PATCHes after it.</summary>
/// <param name="collection">The path at which uploads are created.</param>
internal sealed class TusProtocol(Func<string> collection) : IProtocol
{
    public string Upload(Connection connection, Workload body) =>
        body.IsOneRequest ? Tus.Whole(connection, collection(), body.Size) : InParts(connection, body);

    private string InParts(Connection connection, Workload body)
    {
        var location = Tus.Create(connection, collection(), body.Size);
        for (int offset = 0, chunk; offset < body.Size; offset += chunk)
        {
            chunk = Math.Min(body.Chunk, body.Size - offset);
            Tus.Patch(connection, location, offset, offset == 0 ? Content.First(chunk) : Content.Next(chunk));
        }
        return location;
    }
}
