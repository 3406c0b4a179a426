using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using OrleansIngest.Gateway.Commands;
using OrleansIngest.Gateway.Control;
using OrleansIngest.Gateway.Downloads;
using OrleansIngest.Gateway.Feed;
using OrleansIngest.Gateway.Grpc;
using OrleansIngest.Gateway.Probes;
using OrleansIngest.Gateway.Hosting;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Receipts;
using OrleansIngest.Gateway.Uploads;
using OrleansIngest.Silo;
using OrleansIngest.Storage;

try
{
    var line = CommandLine.Parse(args);
    if (line.AsksForHelp)
        return Print(Usage.Of(line.Command));
    var limit = Descriptors.Raise(); // first: the runtime opens a descriptor for each assembly that it loads
    var builder = WebApplication.CreateBuilder([.. line.Options, Configuration.NotWatched]);
    var options = Configuration.Read(builder.Configuration);
    // A command is usually run by the server that uses the data folder. If there is none, this
    // process becomes a server for this one command.
    if (line.Command is not null && await CommandRunner.TryRun(line, options) is { } code)
        return code;
    using var folder = DataFolderLock.Take(options.DataDir);
    var descriptors = Descriptors.Share(limit, options.MaxConnections);
    if (line.Command is null)
        descriptors.Tell(options.MaxConnections);

    builder.AddTelemetry(options);
    builder.AddSilo(options, descriptors.Files);
    builder.AddGateway(options);
    if (line.Command is null)
        builder.Listen(options, descriptors);
    else
        builder.ServeCommandsAlone(options);

    await using var app = builder.Build();
    // The order matters: commands of the control socket leave the pipeline first; then each
    // middleware that can refuse a request comes after those that its response needs
    // (problem details, CORS).
    app.UseCommands();
    app.UseMiddleware<ProblemMiddleware>();
    app.UseNamedOrigins(options);
    app.UseFixedPath(options);
    app.Use(ConnectionLimit.Guard);
    app.UseMiddleware<HostGuard>();
    app.UseTrustedProxies(options);
    app.UseRouting();
    app.UseMiddleware<ReadyGuard>();
    RequestRate.Use(app, options);
    app.UseGrpcWeb(new GrpcWebOptions { DefaultEnabled = true });
    UploadEndpoints.Map(app);
    app.MapMedia();
    app.MapReceiptKeys();
    app.MapActivity();
    app.MapGrpcService<ActivityFeedService>().Add(GrpcProblems.AddCodeToRefusals);
    app.MapGrpcService<JobsService>().Add(GrpcProblems.AddCodeToRefusals);
    app.MapGrpcService<DevicesService>().Add(GrpcProblems.AddCodeToRefusals);
    app.MapGrpcReflectionService();
    app.MapHealth();
    app.MapFallback("{*path}", NotFound);

    var life = new ServerLife(app);
    if (!await life.Start(options))
        return 0;
    if (line.Command is not null)
        return await CommandRunner.RunHere(line, app, life, options);
    var data = options.IsCluster ? "PostgreSQL and S3" : options.DataDir;
    Console.WriteLine(
        $"OrleansIngest is ready: upload to {options.Http}/files, gRPC on {options.Grpc}, data in {data}");
    await life.End();
    return 0;
}
catch (CommandLineException e)
{
    await Console.Error.WriteLineAsync($"{e.Message}\n\n{Usage.Of(e.Command)}");
    return 2;
}
catch (StorageUnavailableException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 75; // EX_TEMPFAIL: a service manager may start it again
}
catch (Exception e) when (e is ConfigurationException or StorageException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}
catch (Exception e) when (e.InnerException is AddressInUseException || e is SocketException)
{
    await Console.Error.WriteLineAsync(
        $"{e.Message.TrimEnd('.')}: choose another address with --Ingest:Http=… or --Ingest:Grpc=….");
    return 2;
}

static int Print(string text)
{
    Console.WriteLine(text);
    return 0;
}

static void NotFound(HttpContext context) =>
    throw new ProblemException(ProblemKind.NotFound, "See the README for what is where.");
