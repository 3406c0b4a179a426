using System.IO.Pipelines;
using System.Reflection;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace OrleansIngest.Gateway.Protocols.Ietf.Interim;

/// <summary>
/// On HTTP/2 a 1xx is a HEADERS frame that does not end the stream. Other streams write to the connection too, and its header
/// compression has a state; so Kestrel's own writer of frames does it, which is reached by name. A Kestrel that is built
/// otherwise fails the test at the start (<see cref="InterimSelfTest"/>), and this is not used.
/// </summary>
internal sealed class Http2InterimWriter : IInterimWriter
{
    private const string Internals = "Microsoft.AspNetCore.Server.Kestrel.Core.Internal";
    private const BindingFlags Anything = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly Assembly s_kestrel = typeof(KestrelServer).Assembly;
    private readonly FieldInfo _context = Field("Http2.Http2Stream", "_context");
    private readonly PropertyInfo _frameWriter = Type("Http2.Http2StreamContext").GetProperty("FrameWriter", Anything) ?? throw Missing("FrameWriter");
    private readonly FieldInfo _output = Field("Http2.Http2FrameWriter", "_outputWriter");
    private readonly MethodInfo _write = Type("Http2.Http2FrameWriter").GetMethod("WriteResponseHeaders", Anything) ?? throw Missing("WriteResponseHeaders");
    private readonly ConstructorInfo _headers = Type("Http.HttpResponseHeaders").GetConstructors(Anything).Single();
    private readonly object _notTheEnd = Enum.ToObject(Type("Http2.Http2HeadersFrameFlags"), 0);

    /// <inheritdoc/>
    public async ValueTask Write(HttpContext context, IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var stream = context.Features.GetRequiredFeature<IHttp2StreamIdFeature>();
        var frames = _frameWriter.GetValue(_context.GetValue(stream));
        _write.Invoke(frames, BindingFlags.DoNotWrapExceptions, binder: null, [stream.StreamId, InterimResponses.Status, _notTheEnd, Headers(headers)], culture: null);
        await ((PipeWriter)_output.GetValue(frames)!).FlushAsync();
    }

    private object Headers(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var all = (IHeaderDictionary)_headers.Invoke(new object?[_headers.GetParameters().Length]);
        foreach (var (name, value) in headers)
            all[name] = value;
        return all;
    }

    private static FieldInfo Field(string type, string name) => Type(type).GetField(name, Anything) ?? throw Missing(name);

    private static Type Type(string name) => s_kestrel.GetType($"{Internals}.{name}") ?? throw Missing(name);

    private static MissingMemberException Missing(string what) => new($"This Kestrel has no {what}.");
}
