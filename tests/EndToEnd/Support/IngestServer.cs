namespace OrleansIngest.EndToEnd.Support;

/// <summary>
/// A server in a process of its own. It keeps its ports and its data folder through restarts.
/// </summary>
public sealed class IngestServer : IAsyncDisposable
{
    private const string DataDirOption = "DataDir=";

    /// <summary>
    /// The longest head of an answer, in KiB: HEAD on a final upload names all of its parts.
    /// </summary>
    public static readonly int MaxAnswerHead = 512;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();
    private readonly string[] _options;
    private readonly string[] _launcher;
    private readonly int _httpPort = Ports.Take();
    private readonly int _grpcPort = Ports.Take();
    private ServerProcess? _process;
    private string _pastLog = "";

    private IngestServer(string[] options, string[] launcher)
    {
        (_options, _launcher) = (options, launcher);
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, MaxResponseHeadersLength = MaxAnswerHead };
        Client = new HttpClient(handler) { BaseAddress = Http, Timeout = s_patience };
    }

    /// <summary>The address for HTTP/1.1.</summary>
    public Uri Http => new($"http://127.0.0.1:{_httpPort}");

    /// <summary>The host and port for gRPC.</summary>
    public string Grpc => $"127.0.0.1:{_grpcPort}";

    /// <summary>The id of the current process.</summary>
    public int ProcessId => _process!.Id;

    /// <summary>
    /// The data folder: the last one that the options name, or <c>data</c> in <see cref="Folder"/>.
    /// </summary>
    public string DataDir =>
        _options.LastOrDefault(option => option.StartsWith(DataDirOption, StringComparison.Ordinal)) is { } named
            ? named[DataDirOption.Length..]
            : _folder.File("data");

    /// <summary>The folder that contains the data folder.</summary>
    public string Folder => _folder.Path;

    public HttpClient Client { get; }

    /// <summary>The log of all processes of this server so far.</summary>
    public string Log => _pastLog + _process?.Output + _process?.Errors;

    /// <summary>The exit code, once the current process has ended.</summary>
    public Task<int> Ended => _process!.Ended;

    /// <summary>Starts a server and waits until it is ready.</summary>
    /// <param name="options">
    /// Options as on the command line, such as <c>Durability=process</c>. If an option is given
    /// twice, the last value counts.
    /// </param>
    public static Task<IngestServer> Start(params string[] options) => StartWith([], options);

    /// <summary>
    /// Like <see cref="Start"/>, with a command that executes the server. The command runs in a
    /// folder whose <c>data</c> is the data folder.
    /// </summary>
    public static async Task<IngestServer> StartWith(string[] launcher, params string[] options)
    {
        var server = new IngestServer(options, launcher);
        await server.Restart();
        return server;
    }

    /// <summary>Starts a server that kills itself at a point.</summary>
    /// <param name="killAt">As in <see cref="Restart"/>.</param>
    /// <param name="options">As in <see cref="Start"/>.</param>
    public static async Task<IngestServer> StartToDie(string killAt, params string[] options)
    {
        var server = Create(options);
        await server.Restart(killAt);
        return server;
    }

    /// <summary>
    /// Sends the request at which the server kills itself, and restarts the server.
    /// </summary>
    internal async Task DiesOf(HttpTest request)
    {
        await Record.ExceptionAsync(() => request.Run(this));
        await Gone();
        await Restart();
    }

    /// <summary>A server that has not been started yet.</summary>
    /// <param name="options">As in <see cref="Start"/>.</param>
    public static IngestServer Create(params string[] options) => new(options, []);

    /// <summary>
    /// A server that has not been started yet, on a copy of the data folder of another server.
    /// </summary>
    public static async Task<IngestServer> CreateAfter(IngestServer other)
    {
        var server = Create();
        await Folders.Copy(other.DataDir, server.DataDir);
        return server;
    }

    /// <summary>Restarts the server with the same folder and the same ports.</summary>
    /// <param name="killAt">
    /// The point at which the process kills itself, such as <c>after-commit:2</c>.
    /// </param>
    public async Task Restart(string? killAt = null) =>
        Assert.True(await TryRestart(killAt), $"The server did not start: {_process!.Errors}\n{_process.Output}");

    /// <summary>
    /// Like <see cref="Restart"/>, but returns false if the process ended before it was ready.
    /// </summary>
    /// <param name="killAt">As in <see cref="Restart"/>.</param>
    /// <param name="environment">
    /// Environment variables in addition to those of this process.
    /// </param>
    public Task<bool> TryRestart(string? killAt = null, params IEnumerable<KeyValuePair<string, string>> environment)
    {
        _pastLog = Log;
        _process = new ServerProcess(
            Arguments(), _folder.Path, killAt is null ? environment : [.. environment, new("INGEST_KILL_AT", killAt)],
            _launcher);
        return _process.IsReady();
    }

    /// <summary>Restarts the server, and checks that it refuses to start.</summary>
    /// <param name="code">The exit code.</param>
    /// <returns>The line that it printed.</returns>
    public async Task<string> MustNotStart(int code = 2)
    {
        _pastLog = Log;
        _process = new ServerProcess(Arguments(), _folder.Path);
        Assert.False(await _process.IsReady(), "The server started.");
        Assert.Equal(code, await _process.Ended);
        return Assert.Single(_process.Errors.Split('\n'));
    }

    /// <summary>
    /// Runs a shell command in the folder that contains the data folder <c>data</c>; <c>./run</c>
    /// means the built program.
    /// </summary>
    /// <returns>The exit code and the output.</returns>
    public async Task<(int Code, string Said)> Shell(string line)
    {
        var program = $"dotnet '{Paths.Gateway}'";
        await using var shell = new ChildProcess(
            "sh", ["-c", line.Replace("./run", program, StringComparison.Ordinal)], _folder.Path);
        var code = await Eventually.Comes($"end of {line}", shell.Ended);
        return (code, shell.Output + shell.Errors);
    }

    /// <summary>Whether the data folder contains a file of exactly this length.</summary>
    public bool HasFileOf(long length) =>
        new DirectoryInfo(DataDir).EnumerateFiles("*", SearchOption.AllDirectories)
            .Any(file => file.Exists && file.Length == length);

    /// <summary>Sends SIGKILL.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> Kill()
    {
        _process!.Kill();
        return Gone();
    }

    /// <summary>Sends SIGTERM.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> Stop()
    {
        _process!.Terminate();
        return Gone();
    }

    /// <summary>
    /// Waits until the server has logged a text, and checks that it did so exactly once.
    /// </summary>
    public async Task Logs(string what)
    {
        await Eventually.True($"the log says '{what}'", () => Log.Contains(what, StringComparison.Ordinal));
        Assert.Single(Log.Split('\n'), line => line.Contains(what, StringComparison.Ordinal));
    }

    /// <summary>Checks that the log has no error.</summary>
    public void MustHaveACleanLog() =>
        Assert.Equal([], Log.Split('\n').Where(line => line.Contains(" fail: ", StringComparison.Ordinal)));

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasEnded: false })
            await Kill();
        if (_process is not null)
            await _process.DisposeAsync();
        Client.Dispose();
        _folder.Dispose();
    }

    private IEnumerable<string> Arguments() =>
        new[] { $"DataDir={DataDir}", $"Http={Http.GetLeftPart(UriPartial.Authority)}", $"Grpc=http://{Grpc}" }
            .Concat(_options)
            .Select(option => $"--Ingest:{option}");

    private Task<int> Gone() => Eventually.Comes("end of the server", _process!.Ended);
}
