using Microsoft.AspNetCore.Server.Kestrel.Core;
using OrleansIngest.Gateway.Probes;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage;

namespace OrleansIngest.Gateway.Control;

/// <summary>
/// Receives commands for a running server: HTTP/2 on the Unix socket of the data folder,
/// <c>POST /{command}?{argument}={value}</c>. The response's body is the output of the command,
/// line by line; its trailers tell how the command ended. Connections to the socket are marked: a
/// request on a marked connection reaches only the commands, and a request over TCP never does.
/// </summary>
internal static class ControlChannel
{
    /// <summary>
    /// The trailer with the exit code. If it is missing, the server ended before the command did.
    /// </summary>
    public const string ExitCode = "exit-code";

    /// <summary>
    /// The trailer that says in one sentence why the command could not be run, percent-encoded.
    /// </summary>
    public const string Obstacle = "obstacle";

    /// <summary>The exit code of a command that could not be run.</summary>
    public const int Failed = 2;

    /// <summary>
    /// Listens on the control socket. The process must hold the lock of the data folder.
    /// </summary>
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
    /// Adds the branch of the pipeline that runs commands. Call it before any other middleware is
    /// added, so that a command needs no host name, origin or rate limit.
    /// </summary>
    public static void UseCommands(this WebApplication app) =>
        app.MapWhen(context => context.Features.Get<Mark>() is not null, commands => commands.Run(Answer));

    private static async Task Answer(HttpContext context)
    {
        // Commands open the databases, so none may run before the check at the start has ended.
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

    private static IControlCommand? Find(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
            return null;
        var commands = context.RequestServices.GetServices<IControlCommand>();
        return commands.FirstOrDefault(command => context.Request.Path == $"/{command.Name}");
    }

    private static async Task<int> Run(IControlCommand command, HttpContext context)
    {
        var services = context.RequestServices;
        var stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        var token = ended.Token;
        try
        {
            var arguments = context.Request.Query.ToDictionary(query => query.Key, query => query.Value.ToString());
            // WaitAsync, because a command may run for long without checking the token, and the
            // shutdown must not wait for it. Every command can be interrupted at any time, as
            // by a crash.
            return await command.Run(arguments, Tell, token).WaitAsync(token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            var cause = stopping.IsCancellationRequested ? "The server is stopping." : "The client disconnected.";
            return Fail(context, cause);
        }
        catch (Exception e) when (IsExpected(e))
        {
            return Fail(context, e.Message);
        }
        catch (Exception e)
        {
            var log = services.GetRequiredService<ILogger<IControlCommand>>();
            log.LogError(e, "The command {Command} failed", command.Name);
            return Fail(context, "The command failed because of an error in the server; see the server's log.");
        }

        Task Tell(string line)
        {
            token.ThrowIfCancellationRequested(); // the response may have ended while the command still runs
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

    /// <summary>The feature that marks a connection to the control socket.</summary>
    private sealed class Mark;
}
