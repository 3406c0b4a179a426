using System.Buffers;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using StandIns.Grpc.Tests.Support;

namespace StandIns.Grpc.Tests;

/// <summary>A service whose methods are listed by hand, so that messages that are encoded already travel as they are.</summary>
public sealed class HandBoundTests
{
    // Not what a protobuf writer would produce (the same field twice), so re-encoding would show.
    private static readonly byte[] Stored = [.. new SayReply { Text = "first" }.ToByteArray(), .. new SayReply { Text = "second" }.ToByteArray()];

    private static readonly Marshaller<Encoded> Bytes = Marshallers.Create<Encoded>(message => message.Bytes, bytes => new Encoded(bytes));

    [Theory]
    [InlineData("Array")]
    [InlineData("KnownLength")]
    [InlineData("UnknownLength")]
    public async Task Encoded_replies_are_sent_as_they_are(string name)
    {
        await using var server = await StartAsync<RawService>();
        var replies = await CallAsync(server, name, Bytes);
        Assert.Equal([Stored, [], Stored], replies.Select(reply => reply.Bytes));
    }

    [Fact]
    public async Task A_client_reads_them_as_messages()
    {
        await using var server = await StartAsync<RawService>();
        var replies = await CallAsync(server, "KnownLength", Parsing(SayReply.Parser));
        Assert.Equal(["second", "", "second"], replies.Select(reply => reply.Text));
    }

    [Fact]
    public async Task Unary_methods_are_bound_by_hand_as_well()
    {
        await using var server = await StartAsync<RawService>();
        var method = new Method<Encoded, Encoded>(MethodType.Unary, RawService.Name, "Unary", Bytes, Bytes);
        using var call = server.Channel.CreateCallInvoker().AsyncUnaryCall(method, null, default, new Encoded([1, 2, 3]));
        Assert.Equal([1, 2, 3], (await call.ResponseAsync.Bounded()).Bytes);
    }

    [Fact]
    public async Task A_class_derived_from_a_bound_one_is_served()
    {
        await using var server = await StartAsync<DerivedService>();
        var method = new Method<Encoded, Encoded>(MethodType.Unary, RawService.Name, "Unary", Bytes, Bytes);
        using var call = server.Channel.CreateCallInvoker().AsyncUnaryCall(method, null, default, new Encoded([1, 2, 3]));
        Assert.Equal([3, 2, 1], (await call.ResponseAsync.Bounded()).Bytes);
    }

    [Fact]
    public async Task A_handler_that_is_missing_or_not_virtual_is_refused_when_it_is_mapped()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync<NotVirtualService>());
        Assert.Contains("Error binding gRPC service 'NotVirtualService'", error.Message, StringComparison.Ordinal);
    }

#if STANDINS
    [Fact]
    public async Task A_stream_of_requests_is_refused_when_it_is_mapped()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync<ClientStreamingService>());
        Assert.Contains("unary and server streaming", error.Message, StringComparison.Ordinal);
    }
#endif

    private static Task<EchoServer> StartAsync<TService>()
        where TService : class => EchoServer.StartAsync(map: application => application.MapGrpcService<TService>());

    private static Marshaller<T> Parsing<T>(MessageParser<T> parser)
        where T : IMessage<T> => Marshallers.Create<T>(message => message.ToByteArray(), parser.ParseFrom);

    private static async Task<List<T>> CallAsync<T>(EchoServer server, string name, Marshaller<T> replies)
        where T : class
    {
        var method = new Method<SayRequest, T>(MethodType.ServerStreaming, RawService.Name, name, Parsing(SayRequest.Parser), replies);
        using var call = server.Channel.CreateCallInvoker().AsyncServerStreamingCall(method, null, default, new SayRequest());
        var received = new List<T>();
        while (await call.ResponseStream.MoveNext().Bounded()) received.Add(call.ResponseStream.Current);
        return received;
    }

    /// <summary>A message as bytes.</summary>
    internal sealed record Encoded(byte[] Bytes);

    [BindServiceMethod(typeof(RawService), nameof(BindService))]
    internal class RawService
    {
        public const string Name = "standins.test.Raw";

        public static void BindService(ServiceBinderBase binder, RawService? service)
        {
            binder.AddMethod(new Method<Encoded, Encoded>(MethodType.Unary, Name, "Unary", Bytes, Bytes), service == null ? null : new UnaryServerMethod<Encoded, Encoded>(service.Unary));
            AddStream(binder, "Array", (message, context) => context.Complete(message.Bytes), service == null ? null : service.Array);
            AddStream(binder, "KnownLength", WriteKnownLength, service == null ? null : service.KnownLength);
            AddStream(binder, "UnknownLength", WriteUnknownLength, service == null ? null : service.UnknownLength);
        }

        public virtual Task<Encoded> Unary(Encoded request, ServerCallContext context) => Task.FromResult(request);

        public virtual Task Array(SayRequest request, IServerStreamWriter<Encoded> replies, ServerCallContext context) => SendAsync(replies);

        public virtual Task KnownLength(SayRequest request, IServerStreamWriter<Encoded> replies, ServerCallContext context) => SendAsync(replies);

        public virtual Task UnknownLength(SayRequest request, IServerStreamWriter<Encoded> replies, ServerCallContext context) => SendAsync(replies);

        private static void AddStream(
            ServiceBinderBase binder, string name, Action<Encoded, SerializationContext> write, ServerStreamingServerMethod<SayRequest, Encoded>? handler)
        {
            var replies = Marshallers.Create(write, context => new Encoded(context.PayloadAsNewBuffer()));
            binder.AddMethod(new Method<SayRequest, Encoded>(MethodType.ServerStreaming, Name, name, Parsing(SayRequest.Parser), replies), handler);
        }

        private static void WriteKnownLength(Encoded message, SerializationContext context)
        {
            context.SetPayloadLength(message.Bytes.Length);
            context.GetBufferWriter().Write(message.Bytes);
            context.Complete();
        }

        private static void WriteUnknownLength(Encoded message, SerializationContext context)
        {
            context.GetBufferWriter().Write(message.Bytes);
            context.Complete();
        }

        private static async Task SendAsync(IServerStreamWriter<Encoded> replies)
        {
            await replies.WriteAsync(new Encoded(Stored));
            await replies.WriteAsync(new Encoded([]));
            await replies.WriteAsync(new Encoded(Stored));
        }
    }

    internal sealed class DerivedService : RawService
    {
        public override Task<Encoded> Unary(Encoded request, ServerCallContext context) => Task.FromResult(new Encoded([.. request.Bytes.Reverse()]));
    }

    [BindServiceMethod(typeof(NotVirtualService), nameof(BindService))]
    internal sealed class NotVirtualService
    {
        private readonly Encoded _reply = new([]);

        public static void BindService(ServiceBinderBase binder, NotVirtualService? service) =>
            binder.AddMethod(new Method<Encoded, Encoded>(MethodType.Unary, RawService.Name, nameof(Unary), Bytes, Bytes), (UnaryServerMethod<Encoded, Encoded>?)null);

        public Task<Encoded> Unary(Encoded request, ServerCallContext context) => Task.FromResult(_reply);
    }

#if STANDINS
    [BindServiceMethod(typeof(ClientStreamingService), nameof(BindService))]
    internal sealed class ClientStreamingService
    {
        public static void BindService(ServiceBinderBase binder, ClientStreamingService? service) =>
            binder.AddMethod(new Method<Encoded, Encoded>(MethodType.ClientStreaming, RawService.Name, "Collect", Bytes, Bytes), (ClientStreamingServerMethod<Encoded, Encoded>?)null);
    }
#endif
}
