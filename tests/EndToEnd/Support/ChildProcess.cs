using System.Collections.Concurrent;
using System.Diagnostics;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>
/// A program that this test run started, with its output. It never outlives the run.
/// </summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<ChildProcess, byte> s_alive = new();

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();

    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var (child, _) in s_alive)
            child.Kill();
    };

    /// <summary>Starts the program.</summary>
    /// <param name="program">The program, found as a shell finds it.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">The working directory.</param>
    /// <param name="onLine">Called with each line of standard output.</param>
    /// <param name="environment">
    /// Environment variables in addition to those of this process.
    /// </param>
    public ChildProcess(
        string program, IEnumerable<string> arguments, string folder, Action<string>? onLine = null,
        IEnumerable<KeyValuePair<string, string>>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? [])
            start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data, onLine);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data, null);
        _process.Start();
        s_alive[this] = 0;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Ended = End();
    }

    /// <summary>The exit code, once the process has ended and all its lines were read.</summary>
    public Task<int> Ended { get; }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    public string Output => string.Join('\n', _output);

    public string Errors => string.Join('\n', _errors);

    /// <summary>Writes a line to standard input.</summary>
    public async Task Say(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Closes standard input.</summary>
    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>Sends SIGKILL.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // The process has already ended.
        }
    }

    /// <summary>Sends SIGTERM, as service managers do.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString()]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await Eventually.Comes("end of a killed process", Ended);
        _process.Dispose();
    }

    private async Task<int> End()
    {
        await _process.WaitForExitAsync();
        s_alive.TryRemove(this, out _);
        return _process.ExitCode;
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line, Action<string>? onLine)
    {
        if (line is null)
            return;
        lines.Enqueue(line);
        onLine?.Invoke(line);
    }
}
