using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Clients;

/// <summary>A real browser in a process of its own (<c>node/browser.mjs</c>), and a page whose origin is not the server's.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly int s_port = Ports.Take();

    private NodeDialogue? _node;
    private int _lastTab;

    /// <summary>The page's origin.</summary>
    public static string Origin { get; } = $"http://127.0.0.1:{s_port}";

    /// <summary>The same page, at another name: to a browser that is a stranger.</summary>
    public static string Stranger { get; } = $"http://localhost:{s_port}";

    public async Task InitializeAsync() => _node = await NodeDialogue.Start("browser.mjs", $"{s_port}");

    public async Task DisposeAsync()
    {
        await _node!.Close();
        await _node.DisposeAsync();
    }

    /// <summary>Opens the page, in a tab with storage of its own.</summary>
    /// <param name="files">What somebody picks there.</param>
    /// <param name="origin">Where the page comes from; null: <see cref="Origin"/>.</param>
    internal async Task<Tab> Open(IEnumerable<BatchFile> files, string? origin = null)
    {
        var tab = new Tab(_node!, Interlocked.Increment(ref _lastTab), files);
        await tab.Open(origin ?? Origin);
        return tab;
    }
}

/// <summary>A tab of the browser, with the page.</summary>
internal sealed class Tab(NodeDialogue browser, int number, IEnumerable<BatchFile> files) : IAsyncDisposable
{
    private readonly string[] _paths = [.. files.Select(file => file.Path)];

    public async Task Open(string url)
    {
        await Step("open", url);
        await Step("pick", _paths);
    }

    /// <summary>Loads the page again; whatever its script did ends, and the files are picked again.</summary>
    public async Task Reload()
    {
        await Step("reload");
        await Step("pick", _paths);
    }

    /// <summary>What a function of the page gives.</summary>
    public Task<T> Run<T>(string function, object argument) => Step<T>("run", function, argument);

    /// <summary>Calls a function of the page, and does not wait for its end.</summary>
    public Task Begin(string function, object argument) => Step("begin", function, argument);

    /// <summary>A request of the page's script that gets an answer.</summary>
    public Task<PageAnswer> Ask(PageRequest request) => Step<PageAnswer>("ask", request);

    /// <summary>How often the browser has asked the server whether the page may do what it wants.</summary>
    public Task<int> Preflights() => Step<int>("preflights");

    public async ValueTask DisposeAsync() => await Step("close");

    private Task<object?> Step(string step, params object[] with) => Step<object?>(step, with);

    private async Task<T> Step<T>(string step, params object[] with)
    {
        var line = new JsonObject { ["tab"] = number, ["step"] = step, ["with"] = JsonSerializer.SerializeToNode(with, NodeDialogue.Json) };
        var answer = await browser.Ask($"'{step}'", line);
        Assert.True(answer.TryGetProperty("reply", out var reply), $"{step}: {answer}");
        return reply.Deserialize<T>(NodeDialogue.Json)!;
    }
}

/// <summary>What a page's script asks for with <c>fetch</c>.</summary>
/// <param name="Url">Where.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Headers">Those that the script adds.</param>
/// <param name="Body">What it sends.</param>
internal sealed record PageRequest(Uri Url, string Method, IReadOnlyDictionary<string, string> Headers, string? Body)
{
    /// <summary>The body is the file that was picked.</summary>
    public bool Sends { get; init; }

    /// <summary>As <c>fetch</c> calls it: <c>no-cors</c> is what a browser sends without asking, and says nothing of the answer.</summary>
    public string? Mode { get; init; }

    /// <summary>The same request that a program sends.</summary>
    public static PageRequest Of(HttpTest test, IngestServer server) =>
        new(new Uri(server.Http, test.Path), test.Method, test.Headers, test.Body is null ? null : Encoding.ASCII.GetString(test.Body));
}

/// <summary>What became of it.</summary>
/// <param name="Status">HTTP status; 0 if the page may not know it.</param>
/// <param name="Headers">What the script may read.</param>
/// <param name="Sent">What came over the wire.</param>
/// <param name="Body">The body as text.</param>
/// <param name="Error">Why there is no answer for the script.</param>
internal sealed record PageAnswer(int Status, Dictionary<string, string> Headers, Dictionary<string, string> Sent, string Body, string? Error);

/// <summary>What became of a file that the page sent with tus-js-client.</summary>
/// <param name="Url">Where it is.</param>
/// <param name="Error">Why it was given up.</param>
/// <param name="Status">HTTP status of the answer that ended it, if the script may know it.</param>
/// <param name="Problem">That answer's body.</param>
/// <param name="Answers">All answers, in order.</param>
internal sealed record PageUpload(string? Url, string? Error, int? Status, JsonElement? Problem, IReadOnlyList<DeviceAnswer> Answers);
