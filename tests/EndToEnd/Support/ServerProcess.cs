namespace OrleansIngest.EndToEnd.Support;

/// <summary>One process of a server.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ChildProcess _process;

    /// <summary>Starts the process.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="folder">The working directory.</param>
    /// <param name="environment">
    /// Environment variables in addition to those of this process.
    /// </param>
    /// <param name="launcher">
    /// A command that executes the server, such as <c>env</c>, with its arguments.
    /// </param>
    public ServerProcess(
        IEnumerable<string> arguments, string folder,
        IEnumerable<KeyValuePair<string, string>>? environment = null, IEnumerable<string>? launcher = null)
    {
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string[] command = [.. launcher ?? [], dotnet, Paths.Gateway, .. arguments];
        _process = new ChildProcess(command[0], command[1..], folder, Line, environment);
    }

    public int Id => _process.Id;

    public Task<int> Ended => _process.Ended;

    public bool HasEnded => _process.HasEnded;

    public string Output => _process.Output;

    public string Errors => _process.Errors;

    /// <summary>Waits until the server is ready or the process ends.</summary>
    public async Task<bool> IsReady() =>
        await Eventually.Comes("word from a server that starts", Task.WhenAny(_ready.Task, Ended)) == _ready.Task;

    public void Kill() => _process.Kill();

    public void Terminate() => _process.Terminate();

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private void Line(string line)
    {
        if (line.StartsWith("OrleansIngest is ready", StringComparison.Ordinal))
            _ready.TrySetResult();
    }
}
