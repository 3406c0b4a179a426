using System.Net;
using System.Text;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using StandIns.Grpc.Tests.Support;

namespace StandIns.Grpc.Tests;

public sealed class GrpcWebTests
{
    private const string Binary = "application/grpc-web+proto";
    private const string Text = "application/grpc-web-text+proto";
    private const string Say = "/standins.test.Echo/Say";
    private const string Count = "/standins.test.Echo/Count";

    public static TheoryData<string, int> FormatsAndVersions => new() { { Binary, 1 }, { Binary, 2 }, { Text, 1 }, { Text, 2 } };

    [Theory]
    [MemberData(nameof(FormatsAndVersions))]
    public async Task A_call_has_its_reply_and_its_trailers_in_the_body(string format, int version)
    {
        await using var server = await EchoServer.StartAsync(new Handlers
        {
            Say = (request, context) =>
            {
                context.ResponseTrailers.Add("Extra", "value");
                return Task.FromResult(new SayReply { Text = request.Text });
            },
        });

        using var response = await WebRequest(server, Say, format, version).SendAsync();
        var (messages, trailers) = await ReadAsync(response, format);

        Assert.Equal((HttpStatusCode.OK, WithoutSuffix(format)), (response.StatusCode, response.Content.Headers.ContentType?.ToString()));
        Assert.Equal("web", Assert.Single(messages).Text);
        Assert.Equal("0", trailers["grpc-status"]);
        Assert.Equal("value", trailers["extra"]);
    }

    [Theory]
    [MemberData(nameof(FormatsAndVersions))]
    public async Task A_stream_has_its_messages_and_its_status_in_the_body(string format, int version)
    {
        await using var server = await EchoServer.StartAsync(new Handlers
        {
            Count = async (_, replies, _) =>
            {
                for (var number = 1; number <= 3; number++) await replies.WriteAsync(new SayReply { Number = number });
                throw new RpcException(new Status(StatusCode.OutOfRange, "zurück"));
            },
        });

        using var response = await WebRequest(server, Count, format, version).SendAsync();
        var (messages, trailers) = await ReadAsync(response, format);

        Assert.Equal([1, 2, 3], messages.Select(message => message.Number));
        Assert.Equal(("11", "zur%C3%BCck"), (trailers["grpc-status"], trailers["grpc-message"]));
    }

    [Theory]
    [MemberData(nameof(FormatsAndVersions))]
    public async Task An_error_before_the_first_message_is_in_the_headers(string format, int version)
    {
        await using var server = await EchoServer.StartAsync(new Handlers
        {
            Say = (_, _) => throw new RpcException(new Status(StatusCode.NotFound, "no ü"), new Metadata { { "raw-bin", [1, 2] } }),
        });

        using var response = await WebRequest(server, Say, format, version).SendAsync();

        Assert.Equal(WithoutSuffix(format), response.Content.Headers.ContentType?.ToString());
        Assert.Equal(("5", "no %C3%BC"), (response.Header("grpc-status"), response.Header("grpc-message")));
        Assert.Equal("AQI=", response.Header("raw-bin"));
        Assert.Empty(await response.BodyAsync());
    }

    [Theory]
    [InlineData(Binary)]
    [InlineData(Text)]
    public async Task A_message_of_a_stream_is_sent_at_once(string format)
    {
        var received = new Gate();
        await using var server = await EchoServer.StartAsync(new Handlers
        {
            Count = async (_, replies, _) =>
            {
                await replies.WriteAsync(new SayReply { Text = "first" });
                await received.Opened;
            },
        });

        using var response = await WebRequest(server, Count, format, 1).SendAsync();
        await using var body = await response.Content.ReadAsStreamAsync();
        var frame = RawHttp.Frame(new SayReply { Text = "first" });
        var bytes = new byte[format == Text ? (frame.Length + 2) / 3 * 4 : frame.Length];
        await body.ReadExactlyAsync(bytes).AsTask().Bounded();

        Assert.Equal(frame, format == Text ? Convert.FromBase64String(Encoding.ASCII.GetString(bytes)) : bytes);
        received.Open();
        await body.CopyToAsync(Stream.Null).Bounded();
    }

    [Theory]
    [InlineData(Binary)]
    [InlineData(Text)]
    public async Task A_request_may_arrive_byte_by_byte(string format)
    {
        await using var server = await EchoServer.StartAsync();
        var frame = RawHttp.Frame(new SayRequest { Text = "slowly" });
        var request = WebRequest(server, Say, format, 1);
        request.Content = new DribbleContent(format == Text ? Encoding.ASCII.GetBytes(Convert.ToBase64String(frame)) : frame, format);

        using var response = await request.SendAsync();

        Assert.Equal("slowly", Assert.Single((await ReadAsync(response, format)).Messages).Text);
    }

    [Theory]
    [InlineData("AAAAAA=")]
    [InlineData("not base64!!")]
    public async Task A_text_request_that_is_not_base64_fails(string text)
    {
        await using var server = await EchoServer.StartAsync();
        using var response = await WebRequest(server, Say, Text, 1, Encoding.ASCII.GetBytes(text)).SendAsync();
        Assert.NotEqual("0", response.Header("grpc-status") ?? (await ReadAsync(response, Text)).Trailers["grpc-status"]);
    }

    [Theory]
    [InlineData(Binary)]
    [InlineData(Text)]
    public async Task A_large_message_travels_both_ways(string format)
    {
        await using var server = await EchoServer.StartAsync();
        var text = new string('x', 3 * 1024 * 1024);
        using var response = await WebRequest(server, Say, format, 1, text).SendAsync();
        Assert.Equal(text, Assert.Single((await ReadAsync(response, format)).Messages).Text);
    }

    [Theory]
    [InlineData(Binary, 1)]
    [InlineData(Text, 1)]
    [InlineData(Binary, 2)]
    public async Task The_server_ends_a_call_when_its_deadline_passes(string format, int version)
    {
        await using var server = await EchoServer.StartAsync(new Handlers
        {
            Count = async (_, replies, context) =>
            {
                await replies.WriteAsync(new SayReply());
                await context.CancellationToken.Cancelled();
            },
        });
        var request = WebRequest(server, Count, format, version);
        request.Headers.Add("grpc-timeout", "200m");

        using var response = await request.SendAsync();
        Assert.Equal("4", response.Header("grpc-status") ?? (await ReadAsync(response, format)).Trailers["grpc-status"]);
    }

    [Fact]
    public async Task A_client_that_goes_away_cancels_the_handler()
    {
        var cancelled = new Gate();
        await using var server = await EchoServer.StartAsync(new Handlers
        {
            Count = async (_, replies, context) =>
            {
                await replies.WriteAsync(new SayReply());
                await context.CancellationToken.Cancelled();
                cancelled.Open();
            },
        });
        (await WebRequest(server, Count, Binary, 1).SendAsync()).Dispose();
        await cancelled.Opened;
    }

    [Fact]
    public async Task An_unknown_method_is_unimplemented()
    {
        await using var server = await EchoServer.StartAsync();
        using var response = await WebRequest(server, "/standins.test.Echo/Shout", Binary, 1).SendAsync();
        Assert.Equal((HttpStatusCode.OK, "12"), (response.StatusCode, response.Header("grpc-status")));
    }

    [Theory]
    [InlineData(true, HttpStatusCode.OK)]
    [InlineData(false, HttpStatusCode.UnsupportedMediaType)]
    public async Task A_service_speaks_it_only_if_it_is_enabled(bool enabled, HttpStatusCode expected)
    {
        await using var server = await EchoServer.StartAsync(map: application =>
        {
            application.UseGrpcWeb();
            var service = application.MapGrpcService<EchoService>();
            if (enabled) service.EnableGrpcWeb();
        });
        using var response = await WebRequest(server, Say, Binary, 1).SendAsync();
        Assert.Equal(expected, response.StatusCode);
    }

    private static string WithoutSuffix(string format) => format.Split('+')[0];

    private static HttpRequestMessage WebRequest(EchoServer server, string path, string format, int version, string text = "web")
    {
        var frame = RawHttp.Frame(new SayRequest { Text = text });
        return WebRequest(server, path, format, version, format == Text ? Encoding.ASCII.GetBytes(Convert.ToBase64String(frame)) : frame);
    }

    private static HttpRequestMessage WebRequest(EchoServer server, string path, string format, int version, byte[] body)
    {
        var request = RawHttp.Request(version == 1 ? server.Http1 : server.Http2, path, body, format);
        request.Version = new Version(version, version == 1 ? 1 : 0);
        request.Headers.TE.Clear();
        request.Headers.TryAddWithoutValidation("Accept", format);
        return request;
    }

    private static async Task<(List<SayReply> Messages, Dictionary<string, string> Trailers)> ReadAsync(HttpResponseMessage response, string format)
    {
        var body = await response.BodyAsync();
        var frames = RawHttp.Frames(format == Text ? DecodeParts(Encoding.ASCII.GetString(body)) : body);
        var trailers = Encoding.ASCII.GetString(frames.Single(frame => frame.Flag == RawHttp.TrailersFlag).Payload);
        return (
            [.. frames.Where(frame => frame.Flag == 0).Select(frame => SayReply.Parser.ParseFrom(frame.Payload))],
            trailers.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(": ", 2)).ToDictionary(line => line[0], line => line[1]));
    }

    // Each message is a text of its own, with its padding.
    private static byte[] DecodeParts(string text) => [.. text.Chunk(4).SelectMany(group => Convert.FromBase64CharArray(group, 0, group.Length))];
}
