using System.Buffers;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using OrleansIngest.Gateway.Protocols.Ietf.Interim;

namespace OrleansIngest.Unit.Tests.Gateway;

/// <summary>
/// The test at the server's start tells a writer of 104s that works with this
/// Kestrel from one that does not.
/// </summary>
public sealed class InterimSelfTestTests
{
    [Fact]
    public Task The_writer_for_HTTP_1_works() =>
        InterimSelfTest.Http1(new Http1InterimWriter(), CancellationToken.None);

    [Fact]
    public Task The_writer_for_HTTP_2_works() =>
        InterimSelfTest.Http2(new Http2InterimWriter(), CancellationToken.None);

    [Fact]
    public async Task One_that_writes_nothing_is_found_out()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            InterimSelfTest.Http1(new Writer(static _ => ""), CancellationToken.None));
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            InterimSelfTest.Http2(new Writer(static _ => ""), CancellationToken.None));
    }

    [Fact]
    public async Task One_that_breaks_the_connection_is_found_out()
    {
        var broken = new Writer(static mark => $"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-Mark: {mark}\r\n\r\nnone");

        await Assert.ThrowsAnyAsync<Exception>(() => InterimSelfTest.Http1(broken, CancellationToken.None));
        await Assert.ThrowsAnyAsync<Exception>(() => InterimSelfTest.Http2(broken, CancellationToken.None));
    }

    [Fact]
    public async Task Why_one_does_not_work_is_said()
    {
        var cause = new MissingMemberException("This Kestrel has no such thing.");

        var failure = await Assert.ThrowsAnyAsync<Exception>(() =>
            InterimSelfTest.Http2(new Writer(_ => throw cause), CancellationToken.None));

        Assert.Same(cause, failure.InnerException);
    }

    private sealed class Writer(Func<string, string> write) : IInterimWriter
    {
        public async ValueTask Write(HttpContext context, IReadOnlyList<KeyValuePair<string, string>> headers)
        {
            var output = context.Features.Get<IConnectionTransportFeature>()!.Transport.Output;
            output.Write(System.Text.Encoding.ASCII.GetBytes(write(headers[0].Value)));
            await output.FlushAsync();
        }
    }
}
