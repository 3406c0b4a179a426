using System.Collections.Concurrent;
using System.Diagnostics;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>A program that this test run started: its lines, its end. It never outlives the run.</summary>
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

    /// <summary>Starts it.</summary>
    /// <param name="program">What to run, found as a shell finds it.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="onLine">Told each line of its standard output.</param>
    /// <param name="environment">Variables beside those of this process.</param>
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

    /// <summary>Its exit code, when it has ended and all its lines are here.</summary>
    public Task<int> Ended { get; }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    public string Output => string.Join('\n', _output);

    public string Errors => string.Join('\n', _errors);

    /// <summary>A line on its standard input.</summary>
    public async Task Say(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Nothing more comes on its standard input.</summary>
    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>SIGTERM: what service managers and Ctrl-C's relatives send.</summary>
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
