using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>
/// A program of <c>node/</c> that answers each line <c>{id, …}</c> with a line <c>{id, reply}</c>
/// or <c>{id, failure}</c>, in any order.
/// </summary>
internal sealed class NodeDialogue : IAsyncDisposable
{
    /// <summary>The JSON format of the programs of <c>node/</c>.</summary>
    public static readonly JsonSerializerOptions Json =
        new(JsonSerializerOptions.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _questions = new();
    private readonly SemaphoreSlim _pen = new(1);
    private readonly ChildProcess _node;
    private int _lastId;

    private NodeDialogue(string[] command) => _node = new ChildProcess("node", command, Paths.Node, Answered);

    /// <summary>Starts the program.</summary>
    /// <param name="command">The program and its arguments.</param>
    public static async Task<NodeDialogue> Start(params string[] command)
    {
        await NodePackages.Ready;
        return new NodeDialogue(command);
    }

    /// <summary>Sends a line and waits for its answer.</summary>
    /// <param name="what">The name of the answer, for the failure if none comes.</param>
    /// <param name="question">The line without its id.</param>
    /// <param name="limit">How long the answer may take.</param>
    public async Task<JsonElement> Ask(string what, JsonObject question, TimeSpan? limit = null)
    {
        var id = Interlocked.Increment(ref _lastId);
        var answer = _questions[id] = new TaskCompletionSource<JsonElement>(
            TaskCreationOptions.RunContinuationsAsynchronously);
        question["id"] = id;
        await Say(question);
        await Eventually.Comes($"answer to {what}", Task.WhenAny(answer.Task, _node.Ended), limit);
        Assert.True(answer.Task.IsCompleted, $"{what}: node has ended: {_node.Errors}");
        return await answer.Task;
    }

    /// <summary>Ends the input, and waits until the program has cleaned up and ended.</summary>
    public async Task Close()
    {
        _node.CloseInput();
        await Eventually.Comes("end of a program of node", _node.Ended);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _pen.Dispose();
    }

    private async Task Say(JsonObject question)
    {
        await _pen.WaitAsync();
        try
        {
            await _node.Say(question.ToJsonString());
        }
        catch (IOException)
        {
            // The process has ended; the code that waits for the answer reports why.
        }
        finally
        {
            _pen.Release();
        }
    }

    private void Answered(string line)
    {
        var answer = JsonDocument.Parse(line).RootElement;
        if (_questions.TryRemove(answer.GetProperty("id").GetInt32(), out var question))
            question.SetResult(answer);
    }
}
