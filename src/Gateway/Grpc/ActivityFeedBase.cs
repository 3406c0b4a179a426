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
/// The base class of <c>ingest.v1.ActivityFeed</c>. It stands where a generated one would, for one reason: events are
/// already encoded, and what the journal keeps is what a watcher gets, byte for byte, and its checksum behind it.
/// </summary>
[BindServiceMethod(typeof(ActivityFeedBase), nameof(Bind))]
internal abstract class ActivityFeedBase
{
    private const int ChecksumLength = 1 + sizeof(uint);

    private static readonly byte s_checksumTag =
        checked((byte)WireFormat.MakeTag(ActivityEvent.ChecksumFieldNumber, WireFormat.WireType.Fixed32));

    private static readonly Method<WatchRequest, EncodedEvent> s_watch = Method(nameof(Watch), WatchRequest.Parser);

    private static readonly Method<WatchManyRequest, EncodedEvent> s_watchMany =
        Method(nameof(WatchMany), WatchManyRequest.Parser);

    /// <summary>Server reflection finds it by its name.</summary>
    public static ServiceDescriptor Descriptor => Protos.V1.ActivityReflection.Descriptor.Services.Single();

    /// <summary>Called when the routes are made, without a service: gRPC finds the methods by their names.</summary>
    public static void Bind(ServiceBinderBase binder, ActivityFeedBase? service)
    {
        binder.AddMethod(s_watch, service is null ? null! : service.Watch);
        binder.AddMethod(s_watchMany, service is null ? null! : service.WatchMany);
    }

    /// <summary>Streams a job's events until the caller leaves.</summary>
    public abstract Task Watch(WatchRequest request, IServerStreamWriter<EncodedEvent> responses, ServerCallContext context);

    /// <summary>Streams many jobs' events until the caller leaves.</summary>
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
        var isKept = e.Seq > 0; // a passing message has no checksum
        context.SetPayloadLength(e.Bytes.Length + (isKept ? ChecksumLength : 0));
        var buffer = context.GetBufferWriter();
        buffer.Write(e.Bytes.Span);
        if (isKept)
            WriteChecksum(e.At.Checksum, buffer);
        context.Complete();
    }

    private static void WriteChecksum(uint checksum, IBufferWriter<byte> buffer)
    {
        var field = buffer.GetSpan(ChecksumLength);
        field[0] = s_checksumTag;
        BinaryPrimitives.WriteUInt32LittleEndian(field[1..], checksum);
        buffer.Advance(ChecksumLength);
    }
}
