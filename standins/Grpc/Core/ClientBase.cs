namespace Grpc.Core;

/// <summary>The base of generated clients.</summary>
public abstract class ClientBase<T> : ClientBase
    where T : ClientBase<T>
{
    /// <summary>A client that makes no calls, for test doubles.</summary>
    protected ClientBase()
    {
    }

    /// <summary>A client with another one's configuration.</summary>
    protected ClientBase(ClientBaseConfiguration configuration)
        : base(configuration)
    {
    }

    /// <summary>A client on a channel.</summary>
    protected ClientBase(ChannelBase channel)
        : base(channel)
    {
    }

    /// <summary>A client on an invoker.</summary>
    protected ClientBase(CallInvoker callInvoker)
        : base(callInvoker)
    {
    }

    /// <summary>Creates a client of the same type.</summary>
    protected abstract T NewInstance(ClientBaseConfiguration configuration);
}

/// <summary>The base of generated clients, without their type.</summary>
public abstract class ClientBase
{
    private readonly CallInvoker? _invoker;

    /// <summary>A client that makes no calls, for test doubles.</summary>
    protected ClientBase()
    {
    }

    /// <summary>A client with another one's configuration.</summary>
    protected ClientBase(ClientBaseConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        _invoker = configuration.Invoker;
    }

    /// <summary>A client on a channel.</summary>
    protected ClientBase(ChannelBase channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        _invoker = channel.CreateCallInvoker();
    }

    /// <summary>A client on an invoker.</summary>
    protected ClientBase(CallInvoker callInvoker)
    {
        ArgumentNullException.ThrowIfNull(callInvoker);
        _invoker = callInvoker;
    }

    /// <summary>What makes this client's calls.</summary>
    protected CallInvoker CallInvoker => _invoker ?? throw new NotSupportedException("This client was created without a channel.");

    /// <summary>What a client can be created from; generated code passes it on.</summary>
    protected internal sealed class ClientBaseConfiguration
    {
        internal ClientBaseConfiguration(CallInvoker invoker) => Invoker = invoker;

        internal CallInvoker Invoker { get; }
    }
}
