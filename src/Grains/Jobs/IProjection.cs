using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Grains.Jobs;

/// <summary>
/// Computes the rows that follow from the events about one kind of subject. It has no state: the
/// rows are the state, and the job keeps them.
/// </summary>
internal interface IProjection
{
    /// <summary>
    /// Whether an event is possible in the current state of the job. If not, an event on which it
    /// depends is missing from the history.
    /// </summary>
    bool CanApply(Job job, JobEvent jobEvent);

    /// <summary>
    /// Applies an event. Changed media are put into the job here (<see cref="Job.Set(Media)"/>);
    /// the job itself takes the derived rows from the result.
    /// </summary>
    /// <returns>The rows that changed, as they are now.</returns>
    JobChanges Apply(Job job, JobEvent jobEvent);
}

/// <summary>
/// The rows that an event changed, as they are after it. They are arrays because every upload makes
/// some, and a loop over an array allocates nothing.
/// </summary>
/// <param name="Media">The changed media.</param>
/// <param name="Derived">The other changed rows.</param>
public readonly record struct JobChanges(Media[] Media, DerivedRow[] Derived);
