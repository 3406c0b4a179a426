using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Clients;

/// <summary>
/// A real browser in a process of its own (<c>node/browser.mjs</c>), and a page whose origin is not
/// the server's.
/// </summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly int s_port = Ports.Take();

    private NodeDialogue? _node;
    private int _lastTab;

    /// <summary>The origin of the page.</summary>
    public static string Origin { get; } = $"http://127.0.0.1:{s_port}";

    /// <summary>The same page under another name, which is another origin to a browser.</summary>
    public static string Stranger { get; } = $"http://localhost:{s_port}";

    public async ValueTask InitializeAsync() => _node = await NodeDialogue.Start("browser.mjs", $"{s_port}");

    public async ValueTask DisposeAsync()
    {
        await _node!.Close();
        await _node.DisposeAsync();
    }

    /// <summary>Opens the page in a tab with storage of its own.</summary>
    /// <param name="files">The files that the user picks.</param>
    /// <param name="origin">The origin of the page; null for <see cref="Origin"/>.</param>
    internal async Task<Tab> Open(IEnumerable<BatchFile> files, string? origin = null)
    {
        var tab = new Tab(_node!, Interlocked.Increment(ref _lastTab), files);
        await tab.Open(origin ?? Origin);
        return tab;
    }
}
