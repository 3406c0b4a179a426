using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using OrleansIngest.Grains;
using OrleansIngest.Silo;

namespace OrleansIngest.Component.Tests.Engine;

/// <summary>
/// A silo in this process, with the product's storage of grain states, and
/// nothing else of the product.
/// </summary>
internal sealed class TestSilo : IAsyncDisposable
{
    private readonly IHost _host;

    private TestSilo(IHost host) => _host = host;

    public ProbeLog Log => _host.Services.GetRequiredService<ProbeLog>();

    /// <summary>Starts one.</summary>
    /// <param name="folder">Where the grains' states are.</param>
    /// <param name="responseTimeout">How long a caller waits for an answer.</param>
    public static async Task<TestSilo> Start(string folder, TimeSpan? responseTimeout = null)
    {
        GrainDatabase.Create(folder);
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddSingleton<ProbeLog>();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort(), FreePort());
            silo.AddAdoNetGrainStorage(GrainStorage.Name, storage =>
                (storage.Invariant, storage.ConnectionString) = (
                    "System.Data.SQLite", GrainDatabase.ConnectionString(folder)));
            silo.Configure<SiloMessagingOptions>(
                messaging => messaging.ResponseTimeout = responseTimeout ?? messaging.ResponseTimeout);
        });
        var host = builder.Build();
        await host.StartAsync();
        return new TestSilo(host);
    }

    public IProbeGrain Grain(string key) =>
        _host.Services.GetRequiredService<IGrainFactory>().GetGrain<IProbeGrain>(key);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
