using System.Text;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>The requests of tus 1.0.0. Tests change them into wrong ones.</summary>
internal static class Upload
{
    public const string OffsetType = "application/offset+octet-stream";

    /// <summary>A creation.</summary>
    public static HttpTest Create(string job, Guid media, long? length, params (string Key, string Value)[] metadata) =>
        new("POST", Url(job))
        {
            Headers = CreationHeaders(length, Metadata([("media", media.ToString()), .. metadata])),
            Status = 201,
            Expected = { ["Tus-Resumable"] = "1.0.0", ["Location"] = Url(job, media) },
        };

    /// <summary>A creation with the first bytes.</summary>
    public static HttpTest CreateWith(
        string job, Guid media, byte[] body, long length, params (string Key, string Value)[] metadata)
    {
        var create = Create(job, media, length, metadata) with { Body = body };
        create.Headers["Content-Type"] = OffsetType;
        create.Expected["Upload-Offset"] = body.Length.ToString();
        return create;
    }

    /// <summary>A creation of a partial upload, whose id the server chooses.</summary>
    public static HttpTest CreatePartial(string job, long? length, params (string Key, string Value)[] metadata) =>
        Create(job, Guid.Empty, length, metadata).With("Upload-Concat", "partial") with
        {
            Expected = new() { ["Upload-Offset"] = "0" },
        };

    /// <summary>A creation of a final upload from partial uploads.</summary>
    public static HttpTest CreateFinal(
        string job, Guid media, IEnumerable<string> urls, params (string Key, string Value)[] metadata) =>
        Create(job, media, 0, metadata).With("Upload-Length", null)
            .With("Upload-Concat", $"final;{string.Join(' ', urls)}");

    public static HttpTest Patch(string job, Guid media, long offset, byte[] body) => new("PATCH", Url(job, media))
    {
        Headers = { ["Tus-Resumable"] = "1.0.0", ["Upload-Offset"] = offset.ToString(), ["Content-Type"] = OffsetType },
        Body = body,
        Status = 204,
        Expected = { ["Tus-Resumable"] = "1.0.0", ["Upload-Offset"] = (offset + body.Length).ToString() },
    };

    /// <summary>
    /// Makes an upload in two requests. It gets a file of its own; an upload in one request may
    /// share a segment file.
    /// </summary>
    public static async Task Alone(
        IngestServer server, string job, Guid media, byte[] bytes, params (string Key, string Value)[] metadata)
    {
        await Create(job, media, bytes.Length, metadata).Run(server);
        await Patch(job, media, 0, bytes).Run(server);
    }

    /// <summary>A HEAD for the offset of an upload.</summary>
    public static HttpTest Head(string job, Guid media, long offset, long? length) => new("HEAD", Url(job, media))
    {
        Headers = { ["Tus-Resumable"] = "1.0.0" },
        Status = 200,
        Expected =
        {
            ["Tus-Resumable"] = "1.0.0", ["Cache-Control"] = "no-store", ["Upload-Offset"] = offset.ToString(),
            ["Upload-Length"] = length?.ToString(), ["Upload-Defer-Length"] = length is null ? "1" : null,
        },
    };

    /// <summary>The offset of an upload; null if the upload does not exist.</summary>
    public static async Task<long?> Offset(IngestServer server, string job, Guid media)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, Url(job, media));
        request.Headers.Add("Tus-Resumable", "1.0.0");
        using var response = await server.Client.SendAsync(request);
        return response.Headers.TryGetValues("Upload-Offset", out var offset) ? long.Parse(offset.Single()) : null;
    }

    /// <summary>A HEAD on an upload that no longer exists.</summary>
    public static HttpTest HeadOfNone(string job, Guid media, int status) => new("HEAD", Url(job, media))
    {
        Headers = { ["Tus-Resumable"] = "1.0.0" },
        Status = status,
        Expected = { ["Upload-Offset"] = null },
    };

    public static HttpTest Delete(string job, Guid media) => new("DELETE", Url(job, media))
    {
        Headers = { ["Tus-Resumable"] = "1.0.0" },
        Status = 204,
    };

    public static HttpTest Download(string job, Guid media) =>
        new("GET", $"/jobs/{job}/media/{media}") { Status = 200 };

    public static string Url(string job) => $"/jobs/{job}/uploads";

    public static string Url(string job, Guid media) => $"/jobs/{job}/uploads/{media}";

    public static string Metadata(params IEnumerable<(string Key, string Value)> pairs) =>
        string.Join(
            ',', pairs.Select(pair => $"{pair.Key} {Convert.ToBase64String(Encoding.UTF8.GetBytes(pair.Value))}"));

    /// <summary>The same request with a changed header; null removes the header.</summary>
    public static HttpTest With(this HttpTest test, string header, string? value)
    {
        var headers = new Dictionary<string, string>(test.Headers);
        headers.Remove(header);
        if (value is not null)
            headers[header] = value;
        return test with { Headers = headers };
    }

    /// <summary>The same creation, with an id that the server chooses.</summary>
    public static HttpTest WithoutId(this HttpTest test) => test.With("Upload-Metadata", null) with { Expected = [] };

    /// <summary>The same request, which the server must refuse.</summary>
    public static HttpTest Refused(this HttpTest test, int status, string? problem) =>
        test with { Status = status, Problem = problem, Expected = [] };

    private static Dictionary<string, string> CreationHeaders(long? length, string metadata)
    {
        var headers = new Dictionary<string, string> { ["Tus-Resumable"] = "1.0.0", ["Upload-Metadata"] = metadata };
        headers[length is null ? "Upload-Defer-Length" : "Upload-Length"] = length?.ToString() ?? "1";
        return headers;
    }
}
