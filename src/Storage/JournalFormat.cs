using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage;

/// <summary>
/// The version of the journal's contents. Every append writes it to the row of the job.
/// It is increased when this version of the server writes events that the previous
/// version would misinterpret.
/// </summary>
public static class JournalFormat
{
    /// <summary>The format that this version writes, and the newest that it can read.</summary>
    public const int Current = 1;

    /// <summary>Checks that this version can read a job.</summary>
    /// <exception cref="JournalException">
    /// The format is newer than <see cref="Current"/>.
    /// </exception>
    internal static void Check(string job, int format)
    {
        if (format > Current)
        {
            throw new JournalException(
                $"Job {job} was written by a newer version of the server"
                + $" (format {format}; this one knows {Current}): run that one.");
        }
    }
}
