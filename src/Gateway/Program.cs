using OrleansIngest.Gateway.Feed;
using OrleansIngest.Gateway.Grpc;
using OrleansIngest.Gateway.Hosting;
using OrleansIngest.Gateway.Maintenance;
using OrleansIngest.Gateway.Media;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Receipts;
using OrleansIngest.Gateway.Uploads;
using OrleansIngest.Silo;
using OrleansIngest.Storage;

try
{
    var builder = WebApplication.CreateBuilder([.. args, Configuration.NotWatched]);
    var options = Configuration.Read(builder.Configuration);
    if (Commands.Find(args) is { } command)
        return await command(options);
    using var folder = DataFolderLock.Take(options.DataDir);
    SiloHosting.CheckData(options, NotClosed);

    builder.AddTelemetry(options);
    builder.AddEmbeddedSilo(options);
    builder.AddGateway(options);
    builder.Listen(options);

    await using var app = builder.Build();
    app.UseMiddleware<ProblemMiddleware>();
    app.UseNamedOrigins(options);
    app.Use(ConnectionLimit.Guard);
    app.UseMiddleware<HostGuard>();
    app.UseRouting();
    RequestRate.Use(app, options);
    app.UseGrpcWeb(new GrpcWebOptions { DefaultEnabled = true });
    app.Services.GetRequiredService<UploadEndpoints>().Map(app);
    app.MapMedia();
    app.MapReceiptKeys();
    app.MapActivity();
    app.MapGrpcService<ActivityFeedService>();
    app.MapGrpcService<JobsService>();
    app.MapGrpcService<DevicesService>();
    app.MapHealth();
    app.MapMaintenance();
    app.MapFallback("{*path}", NoSuchPlace);

    if (!await Starts(app))
        return 0;
    Console.WriteLine($"OrleansIngest is ready: upload to {options.Http}/files, gRPC on {options.Grpc}, data in {options.DataDir}");
    await app.WaitForShutdownAsync();
    return 0;
}
catch (Exception e) when (e is ConfigurationException or StorageException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}
catch (Exception e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException || e is System.Net.Sockets.SocketException)
{
    await Console.Error.WriteLineAsync($"{e.Message.TrimEnd('.')}: choose another address with --Ingest:Http=… or --Ingest:Grpc=….");
    return 2;
}

// A signal to stop may come while it starts; then what was under way ends in one exception or another.
static async Task<bool> Starts(WebApplication app)
{
    try
    {
        await app.StartAsync();
        return true;
    }
    catch (Exception e) when (app.Lifetime.ApplicationStopping.IsCancellationRequested && e is not StorageException and not IOException)
    {
        return false;
    }
}

static void NotClosed() => Console.WriteLine("The last server did not stop properly: everything that it stored is checked first.");

static void NoSuchPlace(HttpContext context) =>
    throw new ProblemException(ProblemKind.NotFound, "See the README for what is where.");
