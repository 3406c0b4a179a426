using Microsoft.Extensions.Logging.Console;
using OrleansIngest.Gateway.Control;
using OrleansIngest.Gateway.Hosting;
using OrleansIngest.Silo;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Sqlite;

namespace OrleansIngest.Gateway.Commands;

/// <summary>
/// Who does a command: the server that uses the data folder, if one runs. If none does, this process looks at the
/// folder
/// (<see cref="OfflineCommands"/>), or becomes the server of this one command, with no address but the control socket.
/// </summary>
internal static class CommandRunner
{
    /// <summary>Runs the command, unless this process must be a server for it.</summary>
    /// <returns>The exit code; null if it must.</returns>
    /// <exception cref="ConfigurationException">A folder cannot be used for it.</exception>
    /// <exception cref="StorageException">It cannot be done; the message says why.</exception>
    public static async Task<int?> TryRun(CommandLine line, IngestOptions options)
    {
        if (!line.Command!.IsOfNoServer && await ControlClient.TryRun(line, options.DataDir) is { } code)
            return code;
        if (await OfflineCommands.TryRun(line, options) is { } done)
            return done;
        var journal = SqliteStorage.PathIn(options.DataDir);
        return File.Exists(journal)
            ? null
            : throw new StorageException($"{journal} is missing: no server has ever used this folder.");
    }

    /// <summary>
    /// Makes the process a server of commands alone. What it logs goes to its standard error, for its output is the
    /// command's.
    /// </summary>
    public static void ServeCommandsAlone(this WebApplicationBuilder builder, IngestOptions options)
    {
        builder.ListenForCommandsAlone(options);
        builder.Services.Configure<ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    /// <summary>Runs the command in this process, and stops it.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunHere(
        CommandLine line, WebApplication app, ServerLife life, IngestOptions options)
    {
        var code = await ControlClient.TryRun(line, options.DataDir);
        app.Lifetime.StopApplication();
        await life.End();
        return code ?? throw new StorageException($"Nobody answers on the control socket of {options.DataDir}.");
    }
}
