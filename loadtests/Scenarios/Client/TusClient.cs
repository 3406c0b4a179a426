using System.Globalization;
using System.Text;

namespace OrleansIngest.LoadTests.Scenarios.Client;

/// <summary>The answer of the server.</summary>
/// <param name="Status">The HTTP status; 0 if there was no answer.</param>
/// <param name="Location">The path of the upload.</param>
/// <param name="Offset">The offset that the server reported; -1 if it reported none.</param>
/// <param name="Why">The text of an error, or why there was no answer.</param>
internal sealed record TusAnswer(int Status, string Location, long Offset, string Why)
{
    /// <summary>There was no answer.</summary>
    public static TusAnswer None(string location, string why) => new(0, location, -1, why);

    /// <summary>Whether the request succeeded.</summary>
    public bool Succeeded => Status is >= 200 and < 300;
}

/// <summary>The client side of tus 1.0.0.</summary>
/// <param name="server">The address for HTTP/1.1.</param>
internal sealed class TusClient(Uri server) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
    })
    {
        BaseAddress = server,
        DefaultRequestHeaders = { { "Tus-Resumable", "1.0.0" } },
    };

    /// <summary>Creates an upload with all of its bytes.</summary>
    public Task<TusAnswer> Post(string job, string device, Body body) =>
        Send(Creation(job, device, body), body.Part(0, body.Length));

    /// <summary>Creates an upload.</summary>
    public Task<TusAnswer> Create(string job, string device, Body body) => Send(Creation(job, device, body), null);

    /// <summary>Sends a part of an upload.</summary>
    public Task<TusAnswer> Patch(string location, Body body, long offset, long count)
    {
        var request = new HttpRequestMessage(HttpMethod.Patch, location);
        request.Headers.Add("Upload-Offset", offset.ToString());
        return Send(request, body.Part(offset, count));
    }

    /// <summary>Asks for the offset of an upload.</summary>
    public Task<TusAnswer> Head(string location) => Send(new HttpRequestMessage(HttpMethod.Head, location), null);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Creation(string job, string device, Body body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/jobs/{job}/uploads");
        request.Headers.Add("Upload-Length", body.Length.ToString());
        request.Headers.Add("Upload-Metadata", $"device {Convert.ToBase64String(Encoding.UTF8.GetBytes(device))}");
        return request;
    }

    private async Task<TusAnswer> Send(HttpRequestMessage request, HttpContent? content)
    {
        using var _ = request;
        var path = request.RequestUri!.OriginalString;
        request.Content = content;
        try
        {
            using var answer = await _http.SendAsync(request);
            return new(
                (int)answer.StatusCode, answer.Headers.Location?.OriginalString ?? path, Offset(answer),
                await Why(answer));
        }
        catch (HttpRequestException e)
        {
            return TusAnswer.None(path, e.InnerException?.Message ?? e.Message);
        }
    }

    private static long Offset(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("Upload-Offset", out var values)
            ? long.Parse(values.Single(), CultureInfo.InvariantCulture)
            : -1;

    private static async Task<string> Why(HttpResponseMessage answer) =>
        answer.IsSuccessStatusCode ? "" : await answer.Content.ReadAsStringAsync();
}
