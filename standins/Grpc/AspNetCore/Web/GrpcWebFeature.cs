using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;
using Grpc.AspNetCore.Server.Internal;
using Grpc.Core.Internal;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.AspNetCore.Web.Internal;

/// <summary>Gives a request of any HTTP version what gRPC needs: trailers, as a last frame in the body, and a way to reset.</summary>
internal sealed class GrpcWebFeature : IGrpcWebFeature, IRequestBodyPipeFeature, IHttpResponseBodyFeature, IHttpResponseTrailersFeature, IHttpResetFeature
{
    private const byte TrailersFlag = 0x80;

    private readonly IRequestBodyPipeFeature? _request;
    private readonly IHttpResponseBodyFeature _response;
    private readonly IHttpResponseTrailersFeature? _trailers;
    private readonly IHttpResetFeature? _reset;
    private bool _completed;

    public GrpcWebFeature(HttpContext http, bool decodeRequest, bool encodeResponse)
    {
        var features = http.Features;
        _request = features.Get<IRequestBodyPipeFeature>();
        _response = features.GetRequiredFeature<IHttpResponseBodyFeature>();
        _trailers = features.Get<IHttpResponseTrailersFeature>();
        _reset = features.Get<IHttpResetFeature>();
        Reader = decodeRequest ? PipeReader.Create(new Base64RequestStream(http.Request.Body)) : http.Request.BodyReader;
        Writer = encodeResponse ? new Base64PipeWriter(_response.Writer) : _response.Writer;
        Set(features, this, this, this, this, this);
    }

    public PipeReader Reader { get; }

    public PipeWriter Writer { get; }

    public Stream Stream => Writer.AsStream();

    public IHeaderDictionary Trailers { get; set; } = new HeaderDictionary();

    public void Detach(IFeatureCollection features) => Set(features, null, _request, _response, _trailers, _reset);

    public Task StartAsync(CancellationToken cancellationToken = default) => _response.StartAsync(cancellationToken);

    public void DisableBuffering() => _response.DisableBuffering();

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("A gRPC call sends messages, not files.");

    // HTTP/1.1 has no reset: the response is complete by then, and cutting the connection would lose it.
    public void Reset(int errorCode) => _reset?.Reset(errorCode);

    public async Task CompleteAsync()
    {
        await WriteTrailersAsync();
        await _response.CompleteAsync();
    }

    /// <summary>Writes the trailers, once; none if the status went into the headers.</summary>
    public async Task WriteTrailersAsync()
    {
        if (_completed || Trailers.Count == 0) return;
        _completed = true;
        await Writer.FlushAsync();
        WriteTrailers();
        await Writer.FlushAsync();
    }

    private void WriteTrailers()
    {
        var lines = from trailer in Trailers from value in trailer.Value select $"{trailer.Key.ToLowerInvariant()}: {value}\r\n";
        var text = string.Concat(lines);
        var prefix = Writer.GetSpan(FrameReader.PrefixSize);
        prefix[0] = TrailersFlag;
        BinaryPrimitives.WriteInt32BigEndian(prefix[1..], text.Length);
        Writer.Advance(FrameReader.PrefixSize);
        Encoding.ASCII.GetBytes(text, Writer);
    }

    private static void Set(
        IFeatureCollection features, IGrpcWebFeature? web, IRequestBodyPipeFeature? request, IHttpResponseBodyFeature? response, IHttpResponseTrailersFeature? trailers, IHttpResetFeature? reset)
    {
        features.Set(web);
        features.Set(request);
        features.Set(response);
        features.Set(trailers);
        features.Set(reset);
    }
}
