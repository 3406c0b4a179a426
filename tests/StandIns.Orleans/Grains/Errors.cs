using Orleans.Concurrency;

namespace OrleansStandIn.Tests.Grains;

/// <summary>A grain that fails in every way.</summary>
public interface IErrors : IGrainWithStringKey
{
    Task ThrowAtOnce();

    Task<int> ThrowLater();

    ValueTask<int> ThrowInValueTask();

    Task Cancel();

    [OneWay]
    Task ThrowOneWay();

    ValueTask<int> Twice(int value);

    ValueTask Nothing();

    Task<T> Same<T>(T value);
}

public sealed class Errors : Grain, IErrors
{
    public Task ThrowAtOnce() => throw new InvalidOperationException("At once.");

    public async Task<int> ThrowLater()
    {
        await Task.Yield();
        throw new InvalidOperationException("Later.");
    }

    public ValueTask<int> ThrowInValueTask() => ValueTask.FromException<int>(new InvalidOperationException("In a value task."));

    public Task Cancel() => Task.FromCanceled(new(canceled: true));

    public Task ThrowOneWay() => throw new InvalidOperationException("One way.");

    public ValueTask<int> Twice(int value) => ValueTask.FromResult(2 * value);

    public ValueTask Nothing() => ValueTask.CompletedTask;

    public Task<T> Same<T>(T value) => Task.FromResult(value);
}
