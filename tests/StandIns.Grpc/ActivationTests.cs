using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using StandIns.Grpc.Tests.Support;

namespace StandIns.Grpc.Tests;

public sealed class ActivationTests
{
    [Fact]
    public async Task A_registered_service_comes_from_the_scope_of_its_call()
    {
        var seen = new HashSet<object>();
        await using var server = await EchoServer.StartAsync(
            new Handlers
            {
                Say = (_, context) =>
                {
                    lock (seen) seen.Add(context.GetHttpContext().RequestServices.GetRequiredService<EchoService>());
                    return Task.FromResult(new SayReply());
                },
            },
            services: services => services.AddScoped<EchoService>());

        for (var call = 0; call < 3; call++) await server.Client.SayAsync(new SayRequest()).ResponseAsync.Bounded();

        Assert.Equal(3, seen.Count);
    }

    [Fact]
    public async Task A_service_that_is_not_registered_is_created_for_its_call_and_disposed_after_it()
    {
        var disposed = new Gate();
        await using var server = await EchoServer.StartAsync(
            map: application => application.MapGrpcService<DisposableEcho>(), services: services => services.AddSingleton(disposed));

        await server.Client.SayAsync(new SayRequest()).ResponseAsync.Bounded();

        await disposed.Opened;
    }

    internal sealed class DisposableEcho(Gate disposed) : Echo.EchoBase, IDisposable
    {
        public override Task<SayReply> Say(SayRequest request, ServerCallContext context) => Task.FromResult(new SayReply());

        public void Dispose() => disposed.Open();
    }
}
