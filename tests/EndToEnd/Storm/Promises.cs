using System.Collections.Concurrent;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Storm;

/// <summary>What the server has promised: the Locations that it gave, and how much of each upload it said that it has.</summary>
/// <param name="lengths">How long the uploads are.</param>
internal sealed class Promises(IReadOnlyDictionary<string, long> lengths)
{
    private readonly ConcurrentDictionary<string, long> _toAnybody = new();
    private readonly ConcurrentDictionary<string, long> _toDevices = new();
    private readonly ConcurrentDictionary<string, int> _answers = new();

    /// <summary>What the server said although it had promised better.</summary>
    public ConcurrentQueue<string> Broken { get; } = new();

    /// <summary>Every Location that it gave.</summary>
    public ICollection<string> Locations => _toAnybody.Keys;

    /// <summary>Those of uploads of which it has not said that it has everything.</summary>
    public IEnumerable<string> Unfinished => _toAnybody.Where(told => told.Value < lengths[told.Key]).Select(told => told.Key);

    /// <summary>Bytes that it said it has, of all uploads.</summary>
    public long Bytes => _toAnybody.Values.Sum();

    /// <summary>How much of an upload it has at least.</summary>
    public long Least(string location) => _toAnybody[location];

    /// <summary>
    /// A device got an answer. It asks about an upload one thing after the other, so what it is told never goes down. What
    /// others were told does not count here: they may have asked later and heard more.
    /// </summary>
    public void ToDevice(DeviceAnswer answer)
    {
        Count(answer.Method, answer.Status);
        if (answer.Location is not { } location)
            return;
        if (answer.Method == "HEAD")
            Check(location, answer.Status, answer.Offset, _toDevices.GetValueOrDefault(location));
        if (answer.Status is < 200 or >= 300)
            return;
        Note(_toDevices, location, answer.Offset!.Value);
        Note(_toAnybody, location, answer.Offset.Value);
    }

    /// <summary>The prober got an answer to a HEAD.</summary>
    /// <param name="location">The upload.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="offset">What it said that it has.</param>
    /// <param name="promised">What it had promised before it was asked.</param>
    /// <returns>Whether that is all of it.</returns>
    public bool ToProber(string location, int status, long? offset, long promised)
    {
        Count("prober's HEAD", status);
        Check(location, status, offset, promised);
        return offset == lengths[location];
    }

    /// <summary>The prober asked for the media of an upload that is all there, and it must be there.</summary>
    public void ToProber(string media, int status)
    {
        if (status != 200)
            Broken.Enqueue($"HEAD {media} was answered {status}, and its upload had been said to be complete.");
    }

    /// <summary>What was answered, and how often.</summary>
    public override string ToString() => "answers: " + string.Join(", ", _answers.OrderBy(answer => answer.Key, StringComparer.Ordinal).Select(answer => $"{answer.Key}: {answer.Value}"));

    /// <summary>A HEAD is answered 200 or 423 or not at all, and never with less than was promised.</summary>
    private void Check(string location, int status, long? offset, long promised)
    {
        if (status == 423)
            return;
        if (status != 200 || !(offset >= promised))
            Broken.Enqueue($"HEAD {location} was answered {status} with offset {offset}, and {promised} bytes had been promised.");
        else
            Note(_toAnybody, location, offset.Value);
    }

    private void Count(string what, int status) => _answers.AddOrUpdate($"{what} {status}", 1, (_, before) => before + 1);

    private static void Note(ConcurrentDictionary<string, long> offsets, string location, long offset) =>
        offsets.AddOrUpdate(location, offset, (_, before) => Math.Max(before, offset));
}
