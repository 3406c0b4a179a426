using System.Text;

namespace OrleansIngest.LoadTests.Support.Client;

/// <summary>tus 1.0.0: the bytes come with the POST, or in PATCHes after it. Every answer is checked.</summary>
public static class Tus
{
    /// <summary>The header that every request has.</summary>
    public const string Version = "Tus-Resumable: 1.0.0";

    private const string Bytes = "Content-Type: application/offset+octet-stream";
    private const string AnyDevice = "phone-1";

    /// <summary>Uploads new bytes in one request.</summary>
    /// <param name="connection">By which they go.</param>
    /// <param name="collection">The path at which an upload is created.</param>
    /// <param name="size">How many, from <see cref="Content.Smallest"/> to <see cref="Content.Largest"/>.</param>
    /// <param name="device">Who sends them.</param>
    /// <returns>Where they are now.</returns>
    public static string Whole(Connection connection, string collection, int size, string device = AnyDevice) => connection
        .Ask($"POST {collection}", Content.First(size), Version, Length(size), Metadata(device), Bytes)
        .Must(201, size).Location;

    /// <summary>The same, but some bytes at the end are never sent, and no answer comes.</summary>
    /// <param name="connection">By which they go.</param>
    /// <param name="collection">The path at which an upload is created.</param>
    /// <param name="size">How many there should be.</param>
    /// <param name="sent">How many there are.</param>
    public static void BeginWhole(Connection connection, string collection, int size, int sent) =>
        connection.Begin($"POST {collection}", size, Content.First(sent), Version, Length(size), Metadata(AnyDevice), Bytes);

    /// <summary>Creates an upload whose bytes are to follow.</summary>
    /// <returns>Where they go.</returns>
    public static string Create(Connection connection, string collection, long size) =>
        connection.Ask($"POST {collection}", [], Version, Length(size), Metadata(AnyDevice)).Must(201).Location;

    /// <summary>Adds bytes to an upload.</summary>
    /// <param name="connection">By which they go.</param>
    /// <param name="location">Where they go.</param>
    /// <param name="offset">How many were there before.</param>
    /// <param name="bytes">They.</param>
    public static void Patch(Connection connection, string location, long offset, ArraySegment<byte>[] bytes) => connection
        .Ask($"PATCH {location}", bytes, Version, Offset(offset), Bytes)
        .Must(204, offset + bytes.Sum(part => (long)part.Count));

    /// <summary>Adds the first bytes to an upload; more should follow within the same request, and never do.</summary>
    /// <param name="connection">By which they go.</param>
    /// <param name="location">Where they go.</param>
    /// <param name="size">How many there should be.</param>
    /// <param name="bytes">Those that come.</param>
    public static void BeginPatch(Connection connection, string location, long size, ArraySegment<byte>[] bytes) =>
        connection.Begin($"PATCH {location}", size, bytes, Version, Offset(0), Bytes);

    private static string Length(long size) => $"Upload-Length: {size}";

    private static string Offset(long offset) => $"Upload-Offset: {offset}";

    private static string Metadata(string device) =>
        $"Upload-Metadata: filename cGhvdG8uanBn,device {Convert.ToBase64String(Encoding.ASCII.GetBytes(device))}"; // photo.jpg
}
