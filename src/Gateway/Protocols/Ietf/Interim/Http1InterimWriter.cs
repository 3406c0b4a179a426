using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace OrleansIngest.Gateway.Protocols.Ietf.Interim;

/// <summary>
/// Writes a 104 on HTTP/1.1: text on the connection's output before the final response. Kestrel
/// itself writes nothing there until the final response starts.
/// </summary>
internal sealed class Http1InterimWriter : IInterimWriter
{
    /// <inheritdoc/>
    public async ValueTask Write(HttpContext context, IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var output = context.Features.GetRequiredFeature<IConnectionTransportFeature>().Transport.Output;
        output.Write(Encoding.ASCII.GetBytes(Head(headers)));
        await output.FlushAsync();
    }

    private static string Head(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var lines = headers.Select(header => $"{header.Key}: {header.Value}\r\n");
        return $"HTTP/1.1 104 Upload Resumption Supported\r\n{string.Concat(lines)}\r\n";
    }
}
