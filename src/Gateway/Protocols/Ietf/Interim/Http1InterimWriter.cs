using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace OrleansIngest.Gateway.Protocols.Ietf.Interim;

/// <summary>On HTTP/1.1 a 1xx is text before the answer: as long as that has not begun, Kestrel writes nothing itself.</summary>
internal sealed class Http1InterimWriter : IInterimWriter
{
    /// <inheritdoc/>
    public async ValueTask Write(HttpContext context, IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var output = context.Features.GetRequiredFeature<IConnectionTransportFeature>().Transport.Output;
        output.Write(Encoding.ASCII.GetBytes(Head(headers)));
        await output.FlushAsync();
    }

    private static string Head(IReadOnlyList<KeyValuePair<string, string>> headers) =>
        $"HTTP/1.1 104 Upload Resumption Supported\r\n{string.Concat(headers.Select(header => $"{header.Key}: {header.Value}\r\n"))}\r\n";
}
