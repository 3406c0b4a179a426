using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OrleansStandIn.Tests.Support;

/// <summary>A host with a silo, its probe and nothing else.</summary>
public sealed class TestSilo : IAsyncDisposable
{
    /// <summary>How long a test waits for what must happen.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly IHost _host;

    private TestSilo(IHost host) => _host = host;

    public Probe Probe => Services.GetRequiredService<Probe>();

    public IServiceProvider Services => _host.Services;

    public static async Task<TestSilo> StartAsync(
        Action<ISiloBuilder>? configure = null, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(s => s.Key, string? (s) => s.Value));
        builder.Services.AddSingleton<Probe>();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort(), FreePort());
            configure?.Invoke(silo);
        });
        var host = builder.Build();
        try
        {
            await host.StartAsync();
            return new(host);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>A reference to a grain; without a key, to one that nobody else uses.</summary>
    public T Grain<T>(string? key = null)
        where T : IGrainWithStringKey =>
        Services.GetRequiredService<IGrainFactory>().GetGrain<T>(key ?? $"key-{Guid.NewGuid()}");

    public Task StopAsync(CancellationToken cancellation = default) => _host.StopAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _host.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
