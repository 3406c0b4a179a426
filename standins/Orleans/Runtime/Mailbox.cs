namespace Orleans.Runtime;

/// <summary>
/// The requests of one activation: those that wait, in the order in which they came, and those that run. It decides who
/// may start; its owner guards it with a lock.
/// </summary>
internal sealed class Mailbox
{
    private readonly Queue<Request> _waiting = new();
    private readonly HashSet<Request> _running = [];
    private int _interleaversWaiting;

    // The running request that keeps out all that do not interleave.
    private Request? _exclusive;

    public bool HasWaiting => _waiting.Count > 0;

    public bool HasRunning => _running.Count > 0;

    public void Add(Request request)
    {
        _waiting.Enqueue(request);
        if (request.Interleaves) _interleaversWaiting++;
    }

    /// <summary>Starts the first request that may run now, if there is one.</summary>
    public Request? StartNext()
    {
        var next = _exclusive is null ? _waiting.Count > 0 ? _waiting.Dequeue() : null : TakeInterleaver();
        if (next is null) return null;

        _running.Add(next);
        if (next.Interleaves) _interleaversWaiting--;
        else _exclusive = next;
        return next;
    }

    public void Finish(Request request)
    {
        _running.Remove(request);
        if (_exclusive == request) _exclusive = null;
    }

    /// <summary>Those whose caller has waited long enough.</summary>
    public List<Request>? Expired(long now)
    {
        if (!HasWaiting && !HasRunning) return null;

        List<Request>? expired = null;
        foreach (var request in _waiting.Concat(_running))
        {
            if (request.Deadline <= now && !request.IsAnswered) (expired ??= []).Add(request);
        }

        return expired;
    }

    /// <summary>Takes out all that wait.</summary>
    public List<Request> Drain()
    {
        List<Request> drained = [.. _waiting];
        _waiting.Clear();
        _interleaversWaiting = 0;
        return drained;
    }

    /// <summary>All that run. They stay.</summary>
    public List<Request> Running() => [.. _running];

    // Once around the queue, so that the others keep their order. Rare: it needs a method that always interleaves.
    private Request? TakeInterleaver()
    {
        if (_interleaversWaiting == 0) return null;

        Request? found = null;
        for (var left = _waiting.Count; left > 0; left--)
        {
            var request = _waiting.Dequeue();
            if (found is null && request.Interleaves) found = request;
            else _waiting.Enqueue(request);
        }

        return found;
    }
}
