using System.Net;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OrleansIngest.Component.Tests.Engine;

/// <summary>
/// The feed relies on one property of Grpc.AspNetCore: a method that is bound by hand sends
/// encoded messages as they are.
/// </summary>
public sealed class HandBoundTests
{
    // A protobuf writer would not write a field twice, so re-encoding would show.
    private static readonly byte[] s_stored =
        [.. new StringValue { Value = "first" }.ToByteArray(), .. new StringValue { Value = "second" }.ToByteArray()];

    private static readonly Marshaller<byte[]> s_bytes =
        Marshallers.Create<byte[]>(message => message, message => message);

    private static readonly Marshaller<StringValue> s_messages =
        Marshallers.Create(message => message.ToByteArray(), StringValue.Parser.ParseFrom);

    [Fact]
    public async Task Encoded_messages_are_sent_as_they_are() =>
        Assert.Equal([s_stored, [], s_stored], await Call(s_bytes));

    [Fact]
    public async Task A_client_reads_them_as_messages() =>
        Assert.Equal(["second", "", "second"], (await Call(s_messages)).Select(message => message.Value));

    private static async Task<List<T>> Call<T>(Marshaller<T> marshaller)
        where T : class
    {
        await using var app = await Start();
        using var channel = GrpcChannel.ForAddress(
            app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        using var call = channel.CreateCallInvoker().AsyncServerStreamingCall(
            RawBase.Method(marshaller), null, default, []);
        var received = new List<T>();
        while (await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
            received.Add(call.ResponseStream.Current);
        return received;
    }

    private static async Task<WebApplication> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        var app = builder.Build();
        app.MapGrpcService<RawService>();
        await app.StartAsync();
        return app;
    }

    /// <summary>
    /// As in generated code: gRPC finds the methods by the base class, and they must be virtual.
    /// </summary>
    [BindServiceMethod(typeof(RawBase), nameof(BindService))]
    internal abstract class RawBase
    {
        public static void BindService(ServiceBinderBase binder, RawBase? service) =>
            binder.AddMethod(Method(s_bytes), service is null ? null : service.Watch);

        public static Method<byte[], T> Method<T>(Marshaller<T> replies) =>
            new(MethodType.ServerStreaming, "test.Raw", nameof(Watch), s_bytes, replies);

        public abstract Task Watch(byte[] request, IServerStreamWriter<byte[]> replies, ServerCallContext context);
    }

    internal sealed class RawService : RawBase
    {
        public override async Task Watch(byte[] request, IServerStreamWriter<byte[]> replies, ServerCallContext context)
        {
            await replies.WriteAsync(s_stored);
            await replies.WriteAsync([]);
            await replies.WriteAsync(s_stored);
        }
    }
}
