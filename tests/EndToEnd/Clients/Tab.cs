using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Clients;

/// <summary>A tab of the browser with the page.</summary>
internal sealed class Tab(NodeDialogue browser, int number, IEnumerable<BatchFile> files) : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly string[] _paths = [.. files.Select(file => file.Path)];

    public async Task Open(string url)
    {
        await Step("open", [url]);
        await Step("pick", _paths);
    }

    /// <summary>
    /// Reloads the page. Everything that its script did ends, and the files are picked again.
    /// </summary>
    public async Task Reload()
    {
        await Step("reload", []);
        await Step("pick", _paths);
    }

    /// <summary>Runs a function of the page.</summary>
    /// <param name="function">The name of the function.</param>
    /// <param name="argument">The argument of the function.</param>
    /// <param name="limit">How long it may take.</param>
    public async Task<T> Run<T>(string function, object? argument = null, TimeSpan? limit = null) =>
        (await Step("run", [function, argument], limit)).Deserialize<T>(NodeDialogue.Json)!;

    /// <summary>Like <see cref="Run"/>, without waiting for the end.</summary>
    public Task Begin(string function, object argument) => Step("begin", [function, argument]);

    /// <summary>Makes a request of the page's script that must get an answer.</summary>
    public async Task<PageAnswer> Ask(PageRequest request) =>
        (await Step("ask", [request])).Deserialize<PageAnswer>(NodeDialogue.Json)!;

    public async ValueTask DisposeAsync() => await Step("close", []);

    private async Task<JsonElement> Step(string step, object?[] with, TimeSpan? limit = null)
    {
        var line = new JsonObject
        {
            ["tab"] = number,
            ["step"] = step,
            ["with"] = JsonSerializer.SerializeToNode(with, NodeDialogue.Json)
        };
        var answer = await browser.Ask($"'{step}'", line, limit ?? s_patience);
        Assert.True(answer.TryGetProperty("reply", out var reply), $"{step}: {answer}");
        return reply;
    }
}
