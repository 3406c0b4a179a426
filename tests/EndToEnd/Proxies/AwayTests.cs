using System.Net;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Proxies;

/// <summary>
/// While the server restarts, its proxy must not answer a HEAD in its place: tus-js-client would
/// take that for the end of the upload.
/// </summary>
public sealed class AwayTests
{
    private static readonly string s_nobody = $"127.0.0.1:{Ports.Take()}";

    private readonly string _url = Upload.Url(Fresh.Job(), Fresh.Media());

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Nginx_closes_the_line_of_a_HEAD_and_tells_others_to_come_again(int http)
    {
        await using var nginx = await Proxy.Nginx(s_nobody, s_nobody);
        var client = nginx.Client(new Version(http, http == 1 ? 1 : 0));

        await MustNotBeAnswered(client, HttpMethod.Head);

        using var answer = await Send(client, HttpMethod.Patch);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(2), answer.Headers.RetryAfter?.Delta);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Haproxy_closes_the_line(int http)
    {
        await using var haproxy = await Proxy.Haproxy(s_nobody, s_nobody);
        var client = haproxy.Client(new Version(http, http == 1 ? 1 : 0));

        await MustNotBeAnswered(client, HttpMethod.Head);
        await MustNotBeAnswered(client, HttpMethod.Patch);
    }

    private Task<HttpRequestException> MustNotBeAnswered(HttpClient client, HttpMethod method) =>
        Assert.ThrowsAsync<HttpRequestException>(() => Send(client, method));

    private async Task<HttpResponseMessage> Send(HttpClient client, HttpMethod method)
    {
        using var request = new HttpRequestMessage(method, _url)
        {
            Version = client.DefaultRequestVersion,
            VersionPolicy = client.DefaultVersionPolicy,
        };
        return await client.SendAsync(request);
    }
}
