using System.IO.Pipelines;
using System.Reflection;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace OrleansIngest.Gateway.Protocols.Ietf.Interim;

/// <summary>
/// Writes a 104 on HTTP/2: a HEADERS frame without END_STREAM. All streams share the connection and
/// the state of its HPACK compression, so the frame must be written by Kestrel's own frame writer,
/// which is reached by reflection. If a Kestrel version has other members, the self-test fails
/// (<see cref="InterimSelfTest"/>) and this writer is not used.
/// </summary>
internal sealed class Http2InterimWriter : IInterimWriter
{
    private const string Internals = "Microsoft.AspNetCore.Server.Kestrel.Core.Internal";
    private const BindingFlags Anything = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly Assembly s_kestrel = typeof(KestrelServer).Assembly;
    private readonly FieldInfo _context = Field("Http2.Http2Stream", "_context");
    private readonly PropertyInfo _frameWriter = Property("Http2.Http2StreamContext", "FrameWriter");
    private readonly FieldInfo _output = Field("Http2.Http2FrameWriter", "_outputWriter");
    private readonly MethodInfo _write = Method("Http2.Http2FrameWriter", "WriteResponseHeaders");
    private readonly ConstructorInfo _headers = Type("Http.HttpResponseHeaders").GetConstructors(Anything).Single();
    private readonly object _noFlags = Enum.ToObject(Type("Http2.Http2HeadersFrameFlags"), 0); // no END_STREAM

    /// <inheritdoc/>
    public async ValueTask Write(HttpContext context, IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var stream = context.Features.GetRequiredFeature<IHttp2StreamIdFeature>();
        var frames = _frameWriter.GetValue(_context.GetValue(stream));
        object[] arguments = [stream.StreamId, InterimResponses.Status, _noFlags, Headers(headers)];
        _write.Invoke(frames, BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null);
        // WriteResponseHeaders does not flush.
        await ((PipeWriter)_output.GetValue(frames)!).FlushAsync();
    }

    private object Headers(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var all = (IHeaderDictionary)_headers.Invoke(new object?[_headers.GetParameters().Length]);
        foreach (var (name, value) in headers)
            all[name] = value;
        return all;
    }

    private static FieldInfo Field(string type, string name) =>
        Type(type).GetField(name, Anything) ?? throw Missing(name);

    private static PropertyInfo Property(string type, string name) =>
        Type(type).GetProperty(name, Anything) ?? throw Missing(name);

    private static MethodInfo Method(string type, string name) =>
        Type(type).GetMethod(name, Anything) ?? throw Missing(name);

    private static Type Type(string name) => s_kestrel.GetType($"{Internals}.{name}") ?? throw Missing(name);

    private static MissingMemberException Missing(string what) => new($"This Kestrel has no {what}.");
}
