using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Unit.Tests.Support;

/// <summary>Holds calls until the test lets them go on.</summary>
internal sealed class Gate
{
    private readonly List<Action<bool, bool>> _held = [];

    public int Count => _held.Count;

    /// <summary>Holds a call that has not happened yet.</summary>
    public Task<T> Hold<T>(Func<T> call)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _held.Add((happens, answers) =>
        {
            var result = happens ? call() : default;
            if (answers)
                answer.SetResult(result!);
            else
                answer.SetException(new JournalException("The connection is gone."));
        });
        return answer.Task;
    }

    /// <summary>Holds the answer of a call that has happened.</summary>
    public Task<T> HoldAnswer<T>(Func<T> call)
    {
        var result = call();
        return Hold(() => result);
    }

    /// <summary>Lets one go on; does nothing if there is none.</summary>
    /// <param name="which">0 for the oldest.</param>
    /// <param name="happens">Whether it happens at all.</param>
    /// <param name="answers">Whether the caller gets its answer, or a failure.</param>
    public void Open(int which = 0, bool happens = true, bool answers = true)
    {
        if (_held.Count == 0)
            return;
        var goOn = _held[which % _held.Count];
        _held.Remove(goOn);
        goOn(happens, happens && answers);
    }
}
