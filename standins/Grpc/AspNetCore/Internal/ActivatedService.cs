using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>The service of one call: from DI, which also disposes it, or else created and disposed here.</summary>
internal readonly struct ActivatedService<TService> : IAsyncDisposable
    where TService : class
{
    private readonly bool _created;

    public ActivatedService(IServiceProvider services)
    {
        var registered = services.GetService<TService>();
        _created = registered == null;
        Instance = registered ?? Factory.Create(services, []);
    }

    public TService Instance { get; }

    public ValueTask DisposeAsync()
    {
        if (!_created) return default;
        if (Instance is IAsyncDisposable asynchronous) return asynchronous.DisposeAsync();
        (Instance as IDisposable)?.Dispose();
        return default;
    }

    // A class of its own, so that a registered service needs no constructor that this could use.
    private static class Factory
    {
        public static readonly ObjectFactory<TService> Create = ActivatorUtilities.CreateFactory<TService>([]);
    }
}
