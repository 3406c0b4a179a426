using Microsoft.Extensions.Logging.Console;
using OrleansIngest.Gateway.Hosting;
using OrleansIngest.Gateway.Maintenance;
using OrleansIngest.Silo;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Sqlite;

namespace OrleansIngest.Gateway.Commands;

/// <summary>
/// Decides which process runs a command. If a server uses the data folder, that server runs it.
/// Otherwise this process reads the folder itself (<see cref="OfflineCommands"/>), or becomes a
/// server for this one command that listens on the control socket only.
/// </summary>
internal static class CommandRunner
{
    /// <summary>Runs the command, unless this process must become a server for it.</summary>
    /// <returns>The exit code; null if this process must become a server.</returns>
    /// <exception cref="ConfigurationException">
    /// A folder of the command line cannot be used.
    /// </exception>
    /// <exception cref="StorageException">
    /// The command cannot be run; the message says why.
    /// </exception>
    public static async Task<int?> TryRun(CommandLine line, IngestOptions options)
    {
        if (!line.Command!.IsOffline && await ControlClient.TryRun(line, options.DataDir) is { } code)
            return code;
        if (options.IsCluster)
            return line.Command.IsForFolder ? throw FolderCommand.NotInCluster(line.Command.Name) : null;
        if (await OfflineCommands.TryRun(line, options) is { } done)
            return done;
        var journal = SqliteStorage.PathIn(options.DataDir);
        return File.Exists(journal)
            ? null
            : throw new StorageException($"{journal} is missing: no server has ever used this folder.");
    }

    /// <summary>
    /// Configures this process as a server that runs commands only. It logs to standard error,
    /// because standard output belongs to the command.
    /// </summary>
    public static void ServeCommandsAlone(this WebApplicationBuilder builder, IngestOptions options)
    {
        builder.ListenForCommandsAlone(options);
        builder.Services.Configure<ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    /// <summary>
    /// Runs the command in this process, which has become a server, and then stops the server.
    /// </summary>
    /// <returns>The exit code of the command.</returns>
    public static async Task<int> RunHere(
        CommandLine line, WebApplication app, ServerLife life, IngestOptions options)
    {
        var code = await ControlClient.TryRun(line, options.DataDir);
        app.Lifetime.StopApplication();
        await life.End();
        return code ?? throw new StorageException($"No server answers on the control socket of {options.DataDir}.");
    }
}
