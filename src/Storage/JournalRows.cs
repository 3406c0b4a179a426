using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage;

/// <summary>What every journal asks of its rows, whatever it keeps them in.</summary>
/// <param name="log">Receives the first report of each damaged event.</param>
/// <param name="advice">What an operator can do about a damaged event.</param>
internal sealed class JournalRows(ILogger log, string advice)
{
    private readonly ConcurrentDictionary<(string Job, long Seq), bool> _loggedDamage = new();

    /// <summary>
    /// Checks that an append leaves no gap in the history of the job, as a gap could not be
    /// repaired.
    /// </summary>
    /// <exception cref="ArgumentException">The append would leave a gap.</exception>
    public static void Check(JournalAppend append)
    {
        var expected = append.ExpectedSeq;
        if (append.Rows.Count == 0 || append.Rows.Any(row => row.Event.Seq != ++expected))
        {
            throw new ArgumentException(
                $"The events of job {append.Job} do not follow {append.ExpectedSeq}.", nameof(append));
        }
        if (append.JobRow.Job != append.Job || append.JobRow.Head != append.Rows[^1].Event.At)
            throw new ArgumentException($"The row of job {append.Job} does not say {expected}.", nameof(append));
    }

    /// <summary>
    /// The rows before the first row that is damaged or missing. Throws only if there are none, so
    /// a reader gets all rows before the damage first, and the exception with its next read.
    /// </summary>
    /// <exception cref="JournalDamagedException">The first row is damaged or missing.</exception>
    public List<JournalRow> Intact(string job, long after, List<StoredEvent> events)
    {
        var expected = after;
        var intact = events.TakeWhile(e => e.IsIntact && e.Seq == ++expected).Select(e => e.Row).ToList();
        return intact.Count > 0 || events.Count == 0 ? intact : throw Damaged(job, after + 1);
    }

    private JournalDamagedException Damaged(string job, long seq)
    {
        if (_loggedDamage.TryAdd((job, seq), true)) // once: watchers repeat the read
            log.LogError("Event {Seq} of job {Job} is damaged: {Advice}", seq, job, advice);
        return new JournalDamagedException(job, seq);
    }
}
