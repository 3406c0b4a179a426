using System.Diagnostics;
using Microsoft.Extensions.Logging.Console;
using OrleansIngest.Gateway.Control;
using OrleansIngest.Gateway.Grpc;
using OrleansIngest.Gateway.Probes;
using OrleansIngest.Gateway.Maintenance;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Protocols;
using OrleansIngest.Gateway.Protocols.Digests;
using OrleansIngest.Gateway.Protocols.Ietf;
using OrleansIngest.Gateway.Protocols.Ietf.Interim;
using OrleansIngest.Gateway.Protocols.Plain;
using OrleansIngest.Gateway.Protocols.Tus;
using OrleansIngest.Gateway.Receipts;
using OrleansIngest.Gateway.Uploads;
using OrleansIngest.Silo;
using OrleansIngest.Storage;
using OrleansIngest.Uploads;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>Registers the services of the gateway.</summary>
internal static class GatewayServices
{
    /// <summary>
    /// Adds the services of the gateway's endpoints, its background work, its logging and
    /// the web server.
    /// </summary>
    public static void AddGateway(this WebApplicationBuilder builder, IngestOptions options)
    {
        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(provider => ReceiptKeys.Open(provider.GetRequiredService<IKeyStore>()));
        services.AddSingleton<ReceiptSigner>();
        services.AddSingleton<RequestsInFlight>();
        services.AddSingleton<HeadRoom>();
        services.AddSingleton<DiagnosticSource, RefusedRequests>();
        services.AddUploads(UploadOptionsOf(options));
        services.AddSingleton<ReprDigest>();
        services.AddSingleton<UploadAnswers>();
        services.AddSingleton<IetfAnswers>();
        services.AddSingleton<InterimResponses>();
        services.AddSingleton<UploadAnnouncements>();
        services.AddSingleton<OriginGuard>();
        services.AddSingleton<TusHandler>();
        services.AddSingleton<IetfHandler>();
        services.AddSingleton<PlainHandler>();
        services.AddSingleton<UploadEndpoints>();
        services.AddSingleton<Sweeper>();
        services.AddSingleton<Scrubber>();
        services.AddCommands(options);
        services.AddHostedService<MaintenanceRounds>();
        services.AddSingleton<ProblemLog>();
        services.AddSingleton<GrpcProblems>();
        services.AddSingleton<StreamProblems>();
        services.AddGrpc(grpc => grpc.Interceptors.Add<StreamProblems>());
        services.AddGrpcReflection();
        services.AddHealth();
        services.AddNamedOrigins(options);
        // A parameter that cannot be bound throws, so that ProblemMiddleware writes problem
        // details for it.
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        AddLogging(builder.Logging);
        services.AddServiceManager(); // after the logging, whose format it changes
        builder.StartWebServerByHand();
    }

    private static void AddCommands(this IServiceCollection services, IngestOptions options)
    {
        services.AddSingleton<IControlCommand, SweepCommand>();
        services.AddSingleton<IControlCommand, ScrubCommand>();
        if (options.IsCluster)
        {
            services.AddSingleton<IControlCommand>(new FolderCommand("check"));
            services.AddSingleton<IControlCommand>(new FolderCommand("backup"));
            return;
        }
        services.AddSingleton<IControlCommand, CheckCommand>();
        services.AddSingleton<IControlCommand, BackupCommand>();
    }

    private static UploadOptions UploadOptionsOf(IngestOptions options) => new()
    {
        MaxSize = options.MaxUploadSize.Bytes,
        Expiry = options.UploadExpiry,
        BodySilence = options.BodySilence,
        MaxOpenPerDevice = options.MaxOpenUploads,
        JpegOnlyJobs = options.JpegOnlyJobs.Split(
            ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
    };

    /// <summary>
    /// Configures one line per event, and hides what an operator need not act on. ASP.NET Core and
    /// gRPC log an error with a stack trace for each malformed request, so any client could fill
    /// the log. Failures of the server itself are logged by <see cref="ProblemLog"/>.
    /// </summary>
    private static void AddLogging(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.UseUtcTimestamp = true;
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddFilter("OrleansIngest", LogLevel.Information);
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Critical);
        logging.AddFilter("Grpc", LogLevel.Critical);
        // Logs an error for each probe that comes before the server is ready.
        logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        // If it is enabled, ASP.NET Core creates an activity and a log scope for each request.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        // Logs why the host did not start; Program prints the same as one sentence.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        // A storage error also fails the grain call, and ProblemLog logs that.
        logging.AddFilter("Orleans.Storage", LogLevel.None);
        // Warns at each start that the garbage collector is not the server one, and of
        // slow startup steps.
        logging.AddFilter("Orleans.Runtime", LogLevel.Error);
    }
}
