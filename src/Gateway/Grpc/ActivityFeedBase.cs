using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;
using Grpc.Core;
using OrleansIngest.Grains.Ports;
using ActivityEvent = OrleansIngest.Protos.V1.ActivityEvent;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;
using WatchManyRequest = OrleansIngest.Protos.V1.WatchManyRequest;
using WatchRequest = OrleansIngest.Protos.V1.WatchRequest;

namespace OrleansIngest.Gateway.Grpc;

/// <summary>
/// The base class of the service <c>ingest.v1.ActivityFeed</c>, written by hand instead of
/// generated. Events are already encoded: a watcher gets the bytes that the journal keeps,
/// unchanged, followed by their checksum. A generated class would encode each event again
/// for each watcher.
/// </summary>
[BindServiceMethod(typeof(ActivityFeedBase), nameof(Bind))]
internal abstract class ActivityFeedBase
{
    private const int ChecksumLength = 1 + sizeof(uint); // the field's tag and a fixed32

    private static readonly byte s_checksumTag =
        checked((byte)WireFormat.MakeTag(ActivityEvent.ChecksumFieldNumber, WireFormat.WireType.Fixed32));

    private static readonly Method<WatchRequest, EncodedEvent> s_watch = Method(nameof(Watch), WatchRequest.Parser);

    private static readonly Method<WatchManyRequest, EncodedEvent> s_watchMany =
        Method(nameof(WatchMany), WatchManyRequest.Parser);

    /// <summary>
    /// The descriptor of the service. Server reflection looks for a static property of this name.
    /// </summary>
    public static ServiceDescriptor Descriptor => Protos.V1.ActivityReflection.Descriptor.Services.Single();

    /// <summary>
    /// Registers the methods. gRPC calls it while it maps the routes, with a null service; the
    /// names of the methods are then used to find their implementations.
    /// </summary>
    public static void Bind(ServiceBinderBase binder, ActivityFeedBase? service)
    {
        binder.AddMethod(s_watch, service is null ? null! : service.Watch);
        binder.AddMethod(s_watchMany, service is null ? null! : service.WatchMany);
    }

    /// <summary>
    /// Streams the events of one job until the client cancels the call or the server stops.
    /// </summary>
    public abstract Task Watch(
        WatchRequest request, IServerStreamWriter<EncodedEvent> responses, ServerCallContext context);

    /// <summary>
    /// Streams the events of several jobs until the client cancels the call or the server stops.
    /// </summary>
    public abstract Task WatchMany(
        WatchManyRequest request, IServerStreamWriter<EncodedEvent> responses, ServerCallContext context);

    private static Method<TRequest, EncodedEvent> Method<TRequest>(string name, MessageParser<TRequest> parser)
        where TRequest : IMessage<TRequest> => new(
        MethodType.ServerStreaming, "ingest.v1.ActivityFeed", name,
        Marshallers.Create<TRequest>(
            static (_, _) => throw new NotSupportedException("A server does not send requests."),
            context => parser.ParseFrom(context.PayloadAsReadOnlySequence())),
        Marshallers.Create<EncodedEvent>(
            Write,
            static _ => throw new NotSupportedException("A server does not read responses.")));

    private static void Write(EncodedEvent e, SerializationContext context)
    {
        var isEvent = e.Seq > 0; // hints, heartbeats and other messages with seq 0 have no checksum
        context.SetPayloadLength(e.Bytes.Length + (isEvent ? ChecksumLength : 0));
        var buffer = context.GetBufferWriter();
        buffer.Write(e.Bytes.Span);
        if (isEvent)
            WriteChecksum(e.At.Checksum, buffer);
        context.Complete();
    }

    // Protobuf allows fields in any order, so the checksum can simply be appended.
    private static void WriteChecksum(uint checksum, IBufferWriter<byte> buffer)
    {
        var field = buffer.GetSpan(ChecksumLength);
        field[0] = s_checksumTag;
        BinaryPrimitives.WriteUInt32LittleEndian(field[1..], checksum);
        buffer.Advance(ChecksumLength);
    }
}
