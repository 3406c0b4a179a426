using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace OrleansIngest.Component.Tests.Postgres;

/// <summary>
/// A PostgreSQL of a test's own on loopback, from Debian's programs, in a temporary folder. It runs
/// as the user <c>postgres</c> if the tests run as root, because PostgreSQL refuses root.
/// </summary>
internal sealed class PostgresServer : IDisposable
{
    private const string Programs = "/usr/lib/postgresql/15/bin";
    private const string LongestLife = "2h"; // also if the tests are killed

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly string _folder;
    private readonly string[] _settings;
    private Process? _process;

    private PostgresServer(string[] settings, int? port = null)
    {
        _settings = settings;
        _folder = Directory.CreateTempSubdirectory("ingest-postgres-").FullName;
        Port = port ?? FreePort();
        if (Environment.IsPrivilegedProcess)
            Run("chown", "postgres:", _folder);
    }

    public int Port { get; }

    public string ConnectionString =>
        $"Host=127.0.0.1;Port={Port};Database=postgres;Username=postgres;Password=secret-word";

    private string Data => Path.Combine(_folder, "data");

    /// <summary>Makes a server and starts it.</summary>
    /// <param name="settings">Such as <c>fsync=off</c>.</param>
    public static PostgresServer Start(params string[] settings)
    {
        var server = new PostgresServer(settings);
        server.Run("initdb", "-D", server.Data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8");
        server.Start();
        return server;
    }

    /// <summary>
    /// Starts another server that follows this one, under the name <paramref name="name"/>.
    /// </summary>
    public PostgresServer StartStandby(string name)
    {
        var standby = new PostgresServer([.. _settings, $"cluster_name={name}"]);
        standby.Run(
            "pg_basebackup", "-D", standby.Data, "-R", "-X", "stream", "-c", "fast",
            "-d", $"host=127.0.0.1 port={Port} user=postgres application_name={name}");
        standby.Start();
        return standby;
    }

    /// <summary>Starts the server, and returns when it answers.</summary>
    public void Start()
    {
        string[] settings =
        [
            .. new[] { "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=400" }
                .Concat(_settings).SelectMany(setting => new[] { "-c", setting }),
        ];
        var server = AsPostgres("postgres", ["-D", Data, "-p", $"{Port}", .. settings]);
        _process = Launch("timeout", ["-s", "QUIT", LongestLife, .. server]);
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Run("pg_isready", "-q", "-t", "0", "-h", "127.0.0.1", "-p", $"{Port}");
    }

    /// <summary>
    /// Ends the server at once, as a crash does: it recovers when it starts again.
    /// </summary>
    public void Crash() => Stop("immediate");

    /// <summary>Ends the server as an administrator does.</summary>
    public void Stop(string mode = "fast")
    {
        Run("pg_ctl", "stop", "-D", Data, "-m", mode);
        _process!.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Makes a standby the primary.</summary>
    public void Promote() => Run("pg_ctl", "promote", "-w", "-D", Data);

    /// <summary>Runs SQL on a connection of its own.</summary>
    /// <returns>The first column of the first row.</returns>
    public object? Execute(string sql)
    {
        using var connection = new NpgsqlConnection($"{ConnectionString};Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar();
    }

    public void Dispose()
    {
        if (_process is not null)
            Crash();
        Directory.Delete(_folder, recursive: true);
    }

    private void Run(string program, params string[] arguments)
    {
        var deadline = Stopwatch.StartNew();
        while (true)
        {
            var (file, all) = program == "chown" ? (program, arguments) : Command(program, arguments);
            using var process = Launch(file, all);
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEndAsync();
            process.WaitForExit();
            if (process.ExitCode == 0)
                return;
            // It only asks whether the server answers.
            if (program == "pg_isready" && deadline.Elapsed < s_patience && _process is { HasExited: false })
                continue;
            throw new InvalidOperationException($"{program}: {error.Result}{output.Result}");
        }
    }

    private static (string File, string[] Arguments) Command(string program, string[] arguments)
    {
        var all = AsPostgres(program, arguments);
        return (all[0], all[1..]);
    }

    private static string[] AsPostgres(string program, string[] arguments) =>
    [
        .. Environment.IsPrivilegedProcess
            ? new[] { "setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups" }
            : [],
        Path.Combine(Programs, program),
        .. arguments,
    ];

    private static Process Launch(string file, string[] arguments) =>
        Process.Start(new ProcessStartInfo(file, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        })!;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
