using Grpc.Core;

namespace StandIns.Grpc.Tests.Support;

/// <summary>What the echo service does in one test.</summary>
internal sealed class Handlers
{
    public Func<SayRequest, ServerCallContext, Task<SayReply>> Say { get; init; } =
        (request, _) => Task.FromResult(new SayReply { Text = request.Text, Data = request.Data });

    public Func<SayRequest, IServerStreamWriter<SayReply>, ServerCallContext, Task> Count { get; init; } = async (request, replies, _) =>
    {
        for (var number = 1; number <= 3; number++) await replies.WriteAsync(new SayReply { Text = request.Text, Number = number });
    };
}

/// <summary>The generated way to write a service.</summary>
internal sealed class EchoService(Handlers handlers) : Echo.EchoBase
{
    public override Task<SayReply> Say(SayRequest request, ServerCallContext context) => handlers.Say(request, context);

    public override Task Count(SayRequest request, IServerStreamWriter<SayReply> responseStream, ServerCallContext context) =>
        handlers.Count(request, responseStream, context);
}
