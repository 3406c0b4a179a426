namespace OrleansIngest.LoadTests.Compare.Client;

/// <summary>tus 1.0.0: the bytes come with the POST, or in PATCHes after it.</summary>
/// <param name="collection">Gives the path at which an upload is created.</param>
internal sealed class TusProtocol(Func<string> collection) : IProtocol
{
    public const string Version = "Tus-Resumable: 1.0.0";
    private const string Bytes = "Content-Type: application/offset+octet-stream";
    private const string Metadata = "Upload-Metadata: filename cGhvdG8uanBn,device cGhvbmUtMQ=="; // photo.jpg, phone-1

    public string Upload(Connection connection, Workload body) =>
        body.IsOneRequest ? Whole(connection, body.Size) : InParts(connection, body);

    private string Whole(Connection connection, int size) => connection
        .Ask($"POST {collection()}", Content.First(size), Version, $"Upload-Length: {size}", Metadata, Bytes)
        .Must(201, size).Location;

    private string InParts(Connection connection, Workload body)
    {
        var location = connection.Ask($"POST {collection()}", [], Version, $"Upload-Length: {body.Size}", Metadata).Must(201).Location;
        for (int offset = 0, chunk; offset < body.Size; offset += chunk)
        {
            chunk = Math.Min(body.Chunk, body.Size - offset);
            var bytes = offset == 0 ? Content.First(chunk) : Content.Next(chunk);
            connection.Ask($"PATCH {location}", bytes, Version, $"Upload-Offset: {offset}", Bytes).Must(204, offset + chunk);
        }
        return location;
    }
}
