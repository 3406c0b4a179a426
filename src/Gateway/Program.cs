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
    var limit = Descriptors.Raise();
    var builder = WebApplication.CreateBuilder([.. args, Configuration.NotWatched]);
    var options = Configuration.Read(builder.Configuration);
    if (Commands.Find(args) is { } command)
        return await command(options);
    using var folder = DataFolderLock.Take(options.DataDir);
    var descriptors = Descriptors.Share(limit, options.MaxConnections);
    descriptors.Tell(options.MaxConnections);

    builder.AddTelemetry(options);
    builder.AddEmbeddedSilo(options, descriptors.Files);
    builder.AddGateway(options);
    builder.Listen(options, descriptors);

    await using var app = builder.Build();
    app.UseMiddleware<ProblemMiddleware>();
    app.UseNamedOrigins(options);
    app.Use(ConnectionLimit.Guard);
    app.UseMiddleware<HostGuard>();
    app.UseRouting();
    app.UseMiddleware<ReadyGuard>();
    RequestRate.Use(app, options);
    app.UseGrpcWeb(new GrpcWebOptions { DefaultEnabled = true });
    UploadEndpoints.Map(app);
    app.MapMedia();
    app.MapReceiptKeys();
    app.MapActivity();
    app.MapGrpcService<ActivityFeedService>().Add(GrpcProblems.NameRefusals);
    app.MapGrpcService<JobsService>().Add(GrpcProblems.NameRefusals);
    app.MapGrpcService<DevicesService>().Add(GrpcProblems.NameRefusals);
    app.MapGrpcReflectionService();
    app.MapHealth();
    app.MapMaintenance();
    app.MapFallback("{*path}", NoSuchPlace);

    var life = new ServerLife(app);
    if (!await life.Start(options))
        return 0;
    Console.WriteLine($"OrleansIngest is ready: upload to {options.Http}/files, gRPC on {options.Grpc}, data in {options.DataDir}");
    await life.End();
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

static void NoSuchPlace(HttpContext context) =>
    throw new ProblemException(ProblemKind.NotFound, "See the README for what is where.");
