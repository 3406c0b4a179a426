using System.Threading.Channels;
using Npgsql;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Postgres;

/// <summary>One of the lanes of a <see cref="PostgresWriter"/>: one commit at a time.</summary>
internal sealed class WriterLane
{
    private const int MaxQueued = 8192; // further callers wait until the queue has room
    private const int MaxGroup = 512;

    private readonly Channel<PendingAppend> _queue = Channel.CreateBounded<PendingAppend>(
        new BoundedChannelOptions(MaxQueued) { SingleReader = true });
    private readonly NpgsqlDataSource _pool;
    private readonly Task _loop;

    /// <summary>Starts the loop.</summary>
    public WriterLane(NpgsqlDataSource pool)
    {
        _pool = pool;
        _loop = Task.Run(Work);
    }

    /// <inheritdoc cref="PostgresWriter.Append"/>
    public async Task<AppendOutcome> Append(JournalAppend append)
    {
        var pending = new PendingAppend(append);
        JournalMetrics.Waiting.Add(1);
        try
        {
            await _queue.Writer.WriteAsync(pending);
        }
        catch (ChannelClosedException e)
        {
            JournalMetrics.Waiting.Add(-1);
            throw new JournalException("The journal is closed: the server is stopping.", e);
        }
        return await pending.Task;
    }

    /// <summary>Commits what waits, and refuses later appends.</summary>
    public Task End()
    {
        _queue.Writer.TryComplete();
        return _loop;
    }

    private async Task Work()
    {
        var waiting = new Queue<PendingAppend>();
        while (waiting.Count > 0 || await _queue.Reader.WaitToReadAsync())
        {
            while (waiting.Count < MaxGroup && _queue.Reader.TryRead(out var pending))
                waiting.Enqueue(pending);
            var group = Take(waiting);
            await Commit(group);
            JournalMetrics.Waiting.Add(-group.Count);
        }
    }

    /// <summary>Takes one append of each job. A job's others follow in their order.</summary>
    private static List<PendingAppend> Take(Queue<PendingAppend> waiting)
    {
        var (group, jobs) = (new List<PendingAppend>(), new HashSet<string>(StringComparer.Ordinal));
        for (var left = waiting.Count; left > 0; left--)
        {
            var pending = waiting.Dequeue();
            if (jobs.Add(pending.Append.Job))
                group.Add(pending);
            else
                waiting.Enqueue(pending);
        }
        return group;
    }

    private async Task Commit(List<PendingAppend> group)
    {
        var step = JournalMetrics.Commit(group.Count);
        try
        {
            var appends = new AppendGroup([.. group.Select(pending => pending.Append)]);
            var outcomes = await PostgresDatabase.Commit(_pool, appends.Statements, appends.Read);
            step.Dispose();
            foreach (var (pending, outcome) in group.Zip(outcomes))
                pending.End(outcome);
        }
        catch (Exception e) when (group.Count > 1 && PostgresFailure.IsOfOneAppend(e))
        {
            step.Dispose();
            await CommitEach(group);
        }
        catch (Exception e)
        {
            var failure = e.ToJournalException();
            step.End(Telemetry.ErrorType, JournalMetrics.ErrorType(failure));
            foreach (var pending in group)
                pending.End(() => throw failure);
        }
    }

    /// <summary>
    /// Commits the appends of a group one by one, because one of them made the group fail. Only its
    /// caller gets the exception.
    /// </summary>
    private async Task CommitEach(List<PendingAppend> group)
    {
        foreach (var pending in group)
            await Commit([pending]);
    }
}
