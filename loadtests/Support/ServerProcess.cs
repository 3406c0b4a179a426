using System.Collections.Concurrent;
using System.Diagnostics;

namespace OrleansIngest.LoadTests.Support;

/// <summary>A server in a process of its own. It never outlives this process.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private const int LinesKept = 100;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(20);
    private static readonly ConcurrentDictionary<ServerProcess, byte> s_alive = new();

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    static ServerProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var (server, _) in s_alive)
            server._process.Kill(entireProcessTree: true);
    };

    private ServerProcess(string[] command, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        s_alive[this] = 0;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The id of the process.</summary>
    public int Id => _process.Id;

    /// <summary>The last lines of its output.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>The resources that it has used so far.</summary>
    public ProcessUsage Usage => ProcessUsage.Of(Id);

    /// <summary>Starts a server and waits until it answers.</summary>
    /// <param name="command">A program, found as a shell finds it, and its arguments.</param>
    /// <param name="answers">
    /// The URL that it answers when it is ready; an answer of 500 or more does not count.
    /// </param>
    /// <param name="core">The only core that it may use; null for any.</param>
    /// <param name="environment">
    /// Environment variables in addition to those of this process.
    /// </param>
    /// <exception cref="InvalidOperationException">
    /// The process ended, or it does not answer. The message contains its output.
    /// </exception>
    public static async Task<ServerProcess> Start(
        string[] command, Uri answers, int? core = null, params IEnumerable<KeyValuePair<string, string>> environment)
    {
        var server = new ServerProcess(
            core is { } only ? ["taskset", "-c", only.ToString(), .. command] : command, environment);
        try
        {
            await server.Answers(answers);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Stops the process (SIGTERM) and waits. A process that does not stop is killed.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (!s_alive.ContainsKey(this))
            return;
        if (!_process.HasExited)
            await Stop();
        s_alive.TryRemove(this, out _);
        _process.Dispose();
    }

    private async Task Stop()
    {
        using (var kill = Process.Start("kill", ["-TERM", Id.ToString()]))
            await kill.WaitForExitAsync();
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private string Command => $"{_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)}";

    private async Task Answers(Uri place)
    {
        using var client = new HttpClient();
        var waiting = Stopwatch.StartNew();
        while (!await Answers(client, place))
        {
            if (_process.HasExited || waiting.Elapsed > s_patience)
                throw new InvalidOperationException($"{Command} does not answer:\n{Output}");
            await Task.Delay(s_betweenLooks);
        }
    }

    private static async Task<bool> Answers(HttpClient client, Uri place)
    {
        try
        {
            using var answer = await client.GetAsync(place, HttpCompletionOption.ResponseHeadersRead);
            return (int)answer.StatusCode < 500;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        _lines.Enqueue(line);
        if (_lines.Count > LinesKept)
            _lines.TryDequeue(out _);
    }
}
