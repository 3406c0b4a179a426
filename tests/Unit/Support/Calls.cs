using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Unit.Tests.Support;

/// <summary>
/// The calls of one method of a fake: each succeeds at once, unless the test says
/// what happens to the next ones.
/// </summary>
internal sealed class Calls<T>
{
    /// <summary>
    /// More than any test needs: code that loops for ever fails instead of being waited for.
    /// </summary>
    private const int Most = 200_000;

    private readonly Queue<Func<Func<T>, Task<T>>> _next = new();
    private readonly Lock _lock = new();

    /// <summary>How many were made.</summary>
    public int Count { get; private set; }

    /// <summary>What happens to calls about which nothing else is said.</summary>
    public Func<Func<T>, Task<T>> Otherwise { get; set; } = call => Task.FromResult(call());

    /// <summary>What happens to the next call, and by repetition to those after it.</summary>
    public void Next(Func<Func<T>, Task<T>> happens)
    {
        lock (_lock)
            _next.Enqueue(happens);
    }

    public Task<T> Make(Func<T> call) => Take()(call);

    private Func<Func<T>, Task<T>> Take()
    {
        lock (_lock)
        {
            if (++Count > Most)
                return _ => Task.FromException<T>(new InvalidOperationException("This never ends."));
            return _next.TryDequeue(out var happens) ? happens : Otherwise;
        }
    }
}

/// <summary>What can go wrong with a call.</summary>
internal static class Trouble
{
    /// <summary>It does not happen.</summary>
    public static Task<T> FailBefore<T>(Func<T> call) =>
        Task.FromException<T>(new JournalException("The disk is full."));

    /// <summary>It happens, and nobody gets to know.</summary>
    public static Task<T> FailAfter<T>(Func<T> call)
    {
        call();
        return Task.FromException<T>(new JournalException("The connection is gone."));
    }
}
