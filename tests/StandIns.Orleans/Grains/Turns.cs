using Orleans.Concurrency;

namespace OrleansStandIn.Tests.Grains;

/// <summary>A grain that looks at how its own turns run.</summary>
public interface ITurns : IGrainWithStringKey
{
    Task Append(int value);

    Task<int[]> Appended();

    /// <summary>Works in several turns and returns how many it saw that ran at the same time as another.</summary>
    Task<int> Collide();

    /// <summary>Whether the grain's scheduler is the current one after each of several kinds of await.</summary>
    Task<bool> StaysAfterAwaits(string other);

    /// <summary>What a caller's async-local variable is here.</summary>
    Task<string?> Ambient();
}

[Reentrant]
public sealed class Turns : Grain, ITurns
{
    public static readonly AsyncLocal<string?> Local = new();

    private readonly List<int> _appended = [];
    private int _inside;

    public Task Append(int value)
    {
        _appended.Add(value);
        return Task.CompletedTask;
    }

    public Task<int[]> Appended() => Task.FromResult(_appended.ToArray());

    public async Task<int> Collide()
    {
        var seen = 0;
        for (var turn = 0; turn < 5; turn++)
        {
            if (Interlocked.Increment(ref _inside) > 1) seen++;
            Thread.SpinWait(20);
            Interlocked.Decrement(ref _inside);
            await Task.Yield();
        }

        return seen;
    }

    public async Task<bool> StaysAfterAwaits(string other)
    {
        var own = TaskScheduler.Current;
        await Task.Yield();
        var stays = TaskScheduler.Current == own;
        await Task.Run(() => Thread.SpinWait(10));
        stays &= TaskScheduler.Current == own;
        await GrainFactory.GetGrain<ITurns>(other).Append(1);
        return stays && TaskScheduler.Current == own && own != TaskScheduler.Default;
    }

    public Task<string?> Ambient() => Task.FromResult(Local.Value);
}
