using System.Diagnostics;
using Microsoft.Extensions.Logging.Console;
using OrleansIngest.Gateway.Control;
using OrleansIngest.Gateway.Protocols;
using OrleansIngest.Gateway.Protocols.Digests;
using OrleansIngest.Gateway.Grpc;
using OrleansIngest.Gateway.Protocols.Ietf;
using OrleansIngest.Gateway.Protocols.Ietf.Interim;
using OrleansIngest.Gateway.Maintenance;
using OrleansIngest.Gateway.Protocols.Plain;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Receipts;
using OrleansIngest.Gateway.Protocols.Tus;
using OrleansIngest.Gateway.Uploads;
using OrleansIngest.Silo;
using OrleansIngest.Uploads;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>What the gateway's endpoints need.</summary>
internal static class GatewayServices
{
    /// <summary>Adds them.</summary>
    public static void AddGateway(this WebApplicationBuilder builder, IngestOptions options)
    {
        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(_ => ReceiptKeys.Open(options.DataDir));
        services.AddSingleton<ReceiptSigner>();
        services.AddSingleton<RequestsInFlight>();
        services.AddSingleton<HeadRoom>();
        services.AddSingleton<DiagnosticSource, RefusedRequests>();
        services.AddUploads(UploadOptionsOf(options));
        services.AddSingleton<ReprDigest>();
        services.AddSingleton<UploadAnswers>();
        services.AddSingleton<IetfAnswers>();
        services.AddSingleton<InterimResponses>();
        services.AddSingleton<Announcements>();
        services.AddSingleton<OriginGuard>();
        services.AddSingleton<TusHandler>();
        services.AddSingleton<IetfHandler>();
        services.AddSingleton<PlainHandler>();
        services.AddSingleton<UploadEndpoints>();
        services.AddSingleton<Sweeper>();
        services.AddSingleton<Scrubber>();
        services.AddSingleton<IControlCommand, SweepCommand>();
        services.AddSingleton<IControlCommand, ScrubCommand>();
        services.AddSingleton<IControlCommand, CheckCommand>();
        services.AddSingleton<IControlCommand, BackupCommand>();
        services.AddHostedService<MaintenanceRounds>();
        services.AddSingleton<ProblemLog>();
        services.AddSingleton<GrpcProblems>();
        services.AddSingleton<StreamProblems>();
        services.AddGrpc(grpc => grpc.Interceptors.Add<StreamProblems>());
        services.AddGrpcReflection();
        services.AddHealth();
        services.AddNamedOrigins(options);
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true); // so that it gets its problem details
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        AddLogging(builder.Logging);
        services.AddServiceManager();
        builder.StartWebServerByHand();
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
    /// A line an event, and from the frameworks only what somebody should act on. They call it an error when they
    /// cannot read what a
    /// stranger sends, with a stack trace each time; what fails in the server itself is logged by <see
    /// cref="ProblemLog"/>.
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
        logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None); // an error each time somebody asks too early
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None); // or each request has an activity and a scope for lines that nobody sees
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None); // Program says in a sentence why it cannot start
        logging.AddFilter("Orleans.Storage", LogLevel.None); // what fails there fails a call, and that is logged
        logging.AddFilter("Orleans.Runtime", LogLevel.Error); // warns of the garbage collector's kind and of long starts
    }
}
