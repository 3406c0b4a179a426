using Microsoft.AspNetCore.Server.Kestrel.Core;
using OrleansIngest.Gateway.Hosting;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage;

namespace OrleansIngest.Gateway.Control;

/// <summary>
/// Commands to a running server: HTTP/2 on the data folder's Unix socket, <c>POST /{command}?{argument}={value}</c>.
/// The answer's
/// body is what the command says, line by line; its trailers tell how it ended. A connection to the socket is marked,
/// and
/// marked ones reach nothing else; no connection that came over TCP is.
/// </summary>
internal static class ControlChannel
{
    /// <summary>The trailer with the exit code. Without it the command did not come to its end.</summary>
    public const string ExitCode = "exit-code";

    /// <summary>The trailer with the sentence that says why the command could not be done, percent-encoded.</summary>
    public const string Obstacle = "obstacle";

    /// <summary>The exit code of what could not be done.</summary>
    public const int Failed = 2;

    /// <summary>Listens on the socket. The data folder is this process's own.</summary>
    public static void ListenForCommands(this KestrelServerOptions kestrel, ControlSocket socket) =>
        kestrel.Listen(socket.EndPoint, listen =>
        {
            listen.Protocols = HttpProtocols.Http2; // HTTP/1.1 has no trailers in Kestrel
            listen.Use(next => connection =>
            {
                connection.Features.Set(new Mark());
                return next(connection);
            });
        });

    /// <summary>
    /// Takes requests of marked connections out of the pipeline: to be called before anything else is added to it.
    /// </summary>
    public static void UseCommands(this WebApplication app) =>
        app.MapWhen(context => context.Features.Get<Mark>() is not null, commands => commands.Run(Answer));

    private static async Task Answer(HttpContext context)
    {
        // Commands open what is in the data folder: none is made before that was checked.
        var obstacle = context.RequestServices.GetRequiredService<Readiness>().Obstacle;
        var command = obstacle is null ? Find(context) : null;
        if (obstacle is null && command is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.StartAsync(context.RequestAborted);
        var code = command is null ? Fail(context, obstacle!.Message) : await Run(command, context);
        context.Response.AppendTrailer(ExitCode, code.ToString());
    }

    private static IControlCommand? Find(HttpContext context) => HttpMethods.IsPost(context.Request.Method)
        ? context.RequestServices.GetServices<IControlCommand>().FirstOrDefault(command => context.Request.Path == $"/{command.Name}")
        : null;

    private static async Task<int> Run(IControlCommand command, HttpContext context)
    {
        var services = context.RequestServices;
        var stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        var token = end.Token;
        try
        {
            var arguments = context.Request.Query.ToDictionary(query => query.Key, query => query.Value.ToString());
            // Work that does not look at the token must not hold up the end of the process, which is no worse for it
            // than a crash.
            return await command.Run(arguments, Tell, token).WaitAsync(token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            return Fail(context, stopping.IsCancellationRequested ? "The server is stopping." : "The caller is gone.");
        }
        catch (Exception e) when (IsExpected(e))
        {
            return Fail(context, e.Message);
        }
        catch (Exception e)
        {
            var log = services.GetRequiredService<ILogger<IControlCommand>>();
            log.LogError(e, "The command {Command} failed", command.Name);
            return Fail(context, "The server made a mistake; its log has more.");
        }

        Task Tell(string line)
        {
            token.ThrowIfCancellationRequested(); // the request may be over
            return context.Response.WriteAsync($"{line}\n", token);
        }
    }

    private static bool IsExpected(Exception e) =>
        e is StorageException or JournalException or ProblemException or IOException or UnauthorizedAccessException;

    private static int Fail(HttpContext context, string sentence)
    {
        context.Response.AppendTrailer(Obstacle, Uri.EscapeDataString(sentence));
        return Failed;
    }

    /// <summary>Marks a connection to the socket.</summary>
    private sealed class Mark;
}
