using Orleans.Concurrency;

namespace OrleansStandIn.Tests.Grains;

[GenerateSerializer]
[Alias("OrleansStandIn.Tests.Page")]
public sealed class Page
{
    [Id(0)]
    public string Text { get; set; } = "empty";

    [Id(1)]
    public IList<int> Numbers { get; set; } = [];
}

/// <summary>How a grain's record looks from inside.</summary>
[Immutable]
[GenerateSerializer]
[Alias("OrleansStandIn.Tests.View")]
public sealed record View(
    [property: Id(0)] string Text, [property: Id(1)] int Numbers, [property: Id(2)] bool Exists, [property: Id(3)] string? Etag);

/// <summary>A grain with one record that it sees twice, as two activations would.</summary>
public interface INotebook : IGrainWithStringKey
{
    Task<View> Look();

    Task<string> TextAtActivation();

    Task Write(string text);

    /// <summary>Writes through one view and reads through the other.</summary>
    Task WriteThroughBoth();

    /// <summary>Writes through both views without reading in between.</summary>
    Task WriteBehindOwnBack();

    Task WriteTwiceAtOnce(string text);

    Task Clear();

    Task Reread();

    Task<Guid> ActivationId();
}

[Reentrant]
public sealed class Notebook(
    [PersistentState("page", "grains")] IPersistentState<Page> page,
    [PersistentState("page", "grains")] IPersistentState<Page> samePage) : Grain, INotebook
{
    private readonly Guid _activationId = Guid.NewGuid();
    private string _textAtActivation = "";

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _textAtActivation = page.State.Text;
        return Task.CompletedTask;
    }

    public Task<string> TextAtActivation() => Task.FromResult(_textAtActivation);

    public Task<View> Look() => Task.FromResult(
        new View(page.State.Text, page.State.Numbers.Count, page.RecordExists, page.Etag));

    public Task Write(string text)
    {
        page.State.Text = text;
        page.State.Numbers.Add(1);
        return page.WriteStateAsync();
    }

    public async Task WriteThroughBoth()
    {
        await page.WriteStateAsync();
        await samePage.ReadStateAsync();
    }

    public async Task WriteBehindOwnBack()
    {
        await samePage.WriteStateAsync();
        page.State.Text = "lost";
        await page.WriteStateAsync();
    }

    public Task WriteTwiceAtOnce(string text)
    {
        var first = page.WriteStateAsync();
        page.State.Text = text;
        return Task.WhenAll(first, page.WriteStateAsync());
    }

    public Task Clear() => page.ClearStateAsync();

    public Task Reread() => page.ReadStateAsync();

    public Task<Guid> ActivationId() => Task.FromResult(_activationId);
}
