using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage;

/// <summary>
/// The version of the journal's contents. It is written to a job's row with every append and goes up when this version
/// of the server writes events that the one before would misunderstand.
/// </summary>
public static class JournalFormat
{
    /// <summary>What this version writes, and the newest that it reads.</summary>
    public const int Current = 1;

    /// <summary>Refuses a job that this version may not understand.</summary>
    /// <exception cref="JournalException">The format is newer than <see cref="Current"/>.</exception>
    internal static void Check(string job, int format)
    {
        if (format > Current)
            throw new JournalException($"Job {job} was written by a newer version of the server (format {format}; this one knows {Current}): run that one.");
    }
}
