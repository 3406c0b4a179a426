using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using OrleansIngest.Component.Tests.Engine;
using OrleansIngest.Grains;
using OrleansIngest.Storage.Postgres;

namespace OrleansIngest.Component.Tests.Postgres;

/// <summary>
/// A silo of a cluster in this process, with the membership, the grain states and the reminders in
/// PostgreSQL.
/// </summary>
internal sealed class ClusterSilo : IAsyncDisposable
{
    private const string Invariant = "Npgsql";

    private readonly IHost _host;
    private bool _isKilled;

    private ClusterSilo(IHost host, int port) => (_host, Port) = (host, port);

    public int Port { get; }

    public ProbeLog Log => _host.Services.GetRequiredService<ProbeLog>();

    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    public static async Task<ClusterSilo> Start(PostgresStorageOptions options, ILoggerProvider log)
    {
        var connectionString = options.OrleansConnectionString();
        var port = FreePort();
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Logging.AddProvider(log);
        builder.Services.AddSingleton<ProbeLog>();
        builder.UseOrleans(silo =>
        {
            silo.ConfigureEndpoints(IPAddress.Loopback, port, FreePort());
            silo.Configure<ClusterOptions>(
                cluster => (cluster.ClusterId, cluster.ServiceId) = (options.Schema, options.Schema));
            silo.Configure<ClusterMembershipOptions>(FailFast);
            silo.UseAdoNetClustering(
                table => (table.Invariant, table.ConnectionString) = (Invariant, connectionString));
            silo.AddAdoNetGrainStorage(
                GrainStorage.Name, table => (table.Invariant, table.ConnectionString) = (Invariant, connectionString));
            silo.UseAdoNetReminderService(
                table => (table.Invariant, table.ConnectionString) = (Invariant, connectionString));
        });
        var host = builder.Build();
        await host.StartAsync();
        return new ClusterSilo(host, port);
    }

    /// <summary>Stops the silo without a word to the others.</summary>
    public async Task Kill()
    {
        _isKilled = true;
        await _host.StopAsync(new CancellationToken(canceled: true));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isKilled)
            await _host.StopAsync();
        _host.Dispose();
    }

    private static void FailFast(ClusterMembershipOptions membership)
    {
        membership.ProbeTimeout = TimeSpan.FromSeconds(1);
        membership.NumMissedProbesLimit = 2;
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
