using System.Text.RegularExpressions;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace OrleansIngest.Storage.S3.Buckets;

/// <summary>
/// The connections to the server: AWS' client for everything that has no body, and one HttpClient
/// that sends bodies to URLs that the client signs. So bytes are neither copied nor hashed for the
/// signature. Both share the connections. Objects are read on connections of their own: a body that
/// is being sent may need an object, and must not wait for connections that other bodies have.
/// </summary>
internal sealed partial class S3Connection : IDisposable
{
    private static readonly TimeSpan s_signedFor = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan s_connectTime = TimeSpan.FromSeconds(5);

    private readonly S3Options _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private readonly HttpClient _reads;

    /// <summary>Opens no connection yet.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="wrap">What a test puts around the connections.</param>
    public S3Connection(S3Options options, TimeProvider time, Func<HttpMessageHandler, HttpMessageHandler>? wrap)
    {
        (_options, _time) = (options, time);
        _http = Connect(options.MaxConnections, wrap);
        _reads = Connect(int.MaxValue, wrap); // there are as many as clients that download
        (Client, Reader) = (ClientOf(options, _http), ClientOf(options, _reads));
    }

    /// <summary>AWS' client.</summary>
    public AmazonS3Client Client { get; }

    /// <summary>AWS' client for reading objects.</summary>
    public AmazonS3Client Reader { get; }

    /// <summary>Sends a body to a signed URL.</summary>
    /// <returns>The entity tag, without quotes.</returns>
    /// <exception cref="RefusedException">The server refused it.</exception>
    public async Task<string> Send(
        GetPreSignedUrlRequest to, IEnumerable<(string Name, string Value)> headers, BodyContent body,
        CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, (Uri?)null) { Content = body };
        foreach (var (name, value) in headers)
        {
            to.Headers[name] = value;
            request.Headers.TryAddWithoutValidation(name, value);
        }
        request.RequestUri = new Uri(await Sign(to, s_signedFor));
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (!response.IsSuccessStatusCode)
            throw await Refused(response, cancellation);
        var tag = response.Headers.ETag?.Tag.Trim('"') ?? "";
        body.Check(tag);
        return tag;
    }

    /// <summary>Signs a URL.</summary>
    public Task<string> Sign(GetPreSignedUrlRequest url, TimeSpan validFor)
    {
        url.Expires = (_time.GetUtcNow() + validFor).UtcDateTime;
        url.Protocol = _options.IsSecure ? Protocol.HTTPS : Protocol.HTTP;
        return Client.GetPreSignedURLAsync(url);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Client.Dispose();
        Reader.Dispose();
        _http.Dispose();
        _reads.Dispose();
    }

    private static HttpClient Connect(int connections, Func<HttpMessageHandler, HttpMessageHandler>? wrap)
    {
        var handler = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = connections,
            ConnectTimeout = s_connectTime,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), // names may get other addresses
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
        };
        return new HttpClient(wrap is null ? handler : wrap(handler)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private static AmazonS3Client ClientOf(S3Options options, HttpClient http) => options.AccessKey is { } key
        ? new AmazonS3Client(new BasicAWSCredentials(key, options.SecretKey ?? ""), Configure(options, http))
        : new AmazonS3Client(Configure(options, http));

    private static AmazonS3Config Configure(S3Options options, HttpClient http)
    {
        var config = new AmazonS3Config
        {
            ForcePathStyle = options.ForcePathStyle,
            MaxErrorRetry = 0, // Attempts repeats calls
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            HttpClientFactory = new OneClient(http),
        };
        if (options.Endpoint is { } endpoint)
            (config.ServiceURL, config.AuthenticationRegion) = (endpoint.ToString(), options.Region);
        else
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        return config;
    }

    private static async Task<RefusedException> Refused(HttpResponseMessage response, CancellationToken cancellation)
    {
        var text = await response.Content.ReadAsStringAsync(cancellation);
        return new RefusedException(response.StatusCode, Code().Match(text).Groups["code"].Value, RetryAfter(response));
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter is { Delta: { } delta } ? delta : null;

    [GeneratedRegex("<Code>(?<code>[A-Za-z]+)</Code>", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Code();

    private sealed class OneClient(HttpClient http) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => http;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
    }
}
