using Grpc.Core;
using OrleansIngest.Grains.Ports;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;
using WatchRequest = OrleansIngest.Protos.V1.WatchRequest;

namespace OrleansIngest.Gateway.Grpc;

/// <summary>
/// The base class of <c>ingest.v1.ActivityFeed</c>. It stands where a generated one would, for one reason: events are
/// already encoded, and what the journal keeps is what a watcher gets, byte for byte.
/// </summary>
[BindServiceMethod(typeof(ActivityFeedBase), nameof(Bind))]
internal abstract class ActivityFeedBase
{
    private static readonly Method<WatchRequest, EncodedEvent> s_watch = new(
        MethodType.ServerStreaming, "ingest.v1.ActivityFeed", nameof(Watch),
        Marshallers.Create<WatchRequest>(
            static (_, _) => throw new NotSupportedException("A server does not send requests."),
            static context => WatchRequest.Parser.ParseFrom(context.PayloadAsReadOnlySequence())),
        Marshallers.Create<EncodedEvent>(
            Write,
            static _ => throw new NotSupportedException("A server does not read responses.")));

    /// <summary>Server reflection finds it by its name.</summary>
    public static ServiceDescriptor Descriptor => Protos.V1.ActivityReflection.Descriptor.Services.Single();

    /// <summary>Called when the routes are made, without a service: gRPC finds the method by its name.</summary>
    public static void Bind(ServiceBinderBase binder, ActivityFeedBase? service) =>
        binder.AddMethod(s_watch, service is null ? null! : service.Watch);

    /// <summary>Streams a job's events until the caller leaves.</summary>
    public abstract Task Watch(WatchRequest request, IServerStreamWriter<EncodedEvent> responses, ServerCallContext context);

    private static void Write(EncodedEvent e, SerializationContext context)
    {
        context.SetPayloadLength(e.Bytes.Length);
        var buffer = context.GetBufferWriter();
        e.Bytes.Span.CopyTo(buffer.GetSpan(e.Bytes.Length));
        buffer.Advance(e.Bytes.Length);
        context.Complete();
    }
}
