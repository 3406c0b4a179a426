using System.Text;

namespace OrleansIngest.LoadTests.Support.Client;

/// <summary>
/// tus 1.0.0: the bytes come with the POST, or in PATCHes after it. Checks every answer.
/// </summary>
public static class Tus
{
    /// <summary>The header of every request.</summary>
    public const string Version = "Tus-Resumable: 1.0.0";

    private const string Bytes = "Content-Type: application/offset+octet-stream";
    private const string AnyDevice = "phone-1";

    /// <summary>Uploads new bytes in one request.</summary>
    /// <param name="connection">The connection to use.</param>
    /// <param name="collection">The path at which uploads are created.</param>
    /// <param name="size">
    /// The number of bytes, from <see cref="Content.Smallest"/> to <see cref="Content.Largest"/>.
    /// </param>
    /// <param name="device">The key of the device.</param>
    /// <returns>The path of the upload.</returns>
    public static string Whole(Connection connection, string collection, int size, string device = AnyDevice) =>
        connection.Ask($"POST {collection}", Content.First(size), Version, Length(size), Metadata(device), Bytes)
            .Must(201, size).Location;

    /// <summary>
    /// Starts an upload in one request, but never sends its last bytes. No answer comes.
    /// </summary>
    /// <param name="connection">The connection to use.</param>
    /// <param name="collection">The path at which uploads are created.</param>
    /// <param name="size">The announced number of bytes.</param>
    /// <param name="sent">The number of bytes to send.</param>
    public static void BeginWhole(Connection connection, string collection, int size, int sent) =>
        connection.Begin(
            $"POST {collection}", size, Content.First(sent), Version, Length(size), Metadata(AnyDevice), Bytes);

    /// <summary>Creates an upload without bytes.</summary>
    /// <returns>The path of the upload.</returns>
    public static string Create(Connection connection, string collection, long size) =>
        connection.Ask($"POST {collection}", [], Version, Length(size), Metadata(AnyDevice)).Must(201).Location;

    /// <summary>Appends bytes to an upload.</summary>
    /// <param name="connection">The connection to use.</param>
    /// <param name="location">The path of the upload.</param>
    /// <param name="offset">The offset of the upload.</param>
    /// <param name="bytes">The bytes to append.</param>
    public static void Patch(Connection connection, string location, long offset, ArraySegment<byte>[] bytes) =>
        connection.Ask($"PATCH {location}", bytes, Version, Offset(offset), Bytes)
            .Must(204, offset + bytes.Sum(part => (long)part.Count));

    /// <summary>
    /// Sends the first bytes of a request to an upload, and never sends the rest.
    /// </summary>
    /// <param name="connection">The connection to use.</param>
    /// <param name="location">The path of the upload.</param>
    /// <param name="size">The announced number of bytes.</param>
    /// <param name="bytes">The bytes to send.</param>
    public static void BeginPatch(Connection connection, string location, long size, ArraySegment<byte>[] bytes) =>
        connection.Begin($"PATCH {location}", size, bytes, Version, Offset(0), Bytes);

    private static string Length(long size) => $"Upload-Length: {size}";

    private static string Offset(long offset) => $"Upload-Offset: {offset}";

    // The file name is photo.jpg.
    private static string Metadata(string device) =>
        $"Upload-Metadata: filename cGhvdG8uanBn,device {Convert.ToBase64String(Encoding.ASCII.GetBytes(device))}";
}
