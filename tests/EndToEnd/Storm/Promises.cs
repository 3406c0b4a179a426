using System.Collections.Concurrent;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Storm;

/// <summary>
/// The promises of the server: the Locations that it gave out, and the offset of each upload that
/// it reported.
/// </summary>
/// <param name="lengths">The lengths of the uploads.</param>
internal sealed class Promises(IReadOnlyDictionary<string, long> lengths)
{
    private readonly ConcurrentDictionary<string, long> _toAnybody = new();
    private readonly ConcurrentDictionary<string, long> _toDevices = new();
    private readonly ConcurrentDictionary<string, int> _answers = new();

    /// <summary>Answers that broke an earlier promise.</summary>
    public ConcurrentQueue<string> Broken { get; } = new();

    /// <summary>Every Location that the server gave out.</summary>
    public ICollection<string> Locations => _toAnybody.Keys;

    /// <summary>The Locations of uploads that the server has not yet called complete.</summary>
    public IEnumerable<string> Unfinished =>
        _toAnybody.Where(told => told.Value < lengths[told.Key]).Select(told => told.Key);

    /// <summary>The sum of the reported offsets of all uploads.</summary>
    public long Bytes => _toAnybody.Values.Sum();

    /// <summary>The offset that the server has promised for an upload.</summary>
    public long Least(string location) => _toAnybody[location];

    /// <summary>
    /// Records an answer to a device. A device sends its requests about an upload one after the
    /// other, so its offsets never fall. Offsets that others were told do not count here: they may
    /// have asked later and been told more.
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

    /// <summary>Records an answer to a HEAD of the prober.</summary>
    /// <param name="location">The path of the upload.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="offset">The offset in the answer.</param>
    /// <param name="promised">The offset that was promised before the request.</param>
    /// <returns>Whether the upload is complete.</returns>
    public bool ToProber(string location, int status, long? offset, long promised)
    {
        Count("prober's HEAD", status);
        Check(location, status, offset, promised);
        return offset == lengths[location];
    }

    /// <summary>
    /// Records an answer to the prober's request for the media of a complete upload. The media must
    /// be there.
    /// </summary>
    public void ToProber(string media, int status)
    {
        if (status != 200)
            Broken.Enqueue($"HEAD {media} was answered {status}, and its upload had been said to be complete.");
    }

    /// <summary>The number of answers of each kind.</summary>
    public override string ToString() =>
        "answers: " + string.Join(
            ", ",
            _answers.OrderBy(answer => answer.Key, StringComparer.Ordinal)
                .Select(answer => $"{answer.Key}: {answer.Value}"));

    /// <summary>
    /// Checks that a HEAD is answered 200 or 423 or not at all, and never with less than was
    /// promised.
    /// </summary>
    private void Check(string location, int status, long? offset, long promised)
    {
        if (status == 423)
            return;
        if (status != 200 || !(offset >= promised))
            Broken.Enqueue(
                $"HEAD {location} was answered {status} with offset {offset}, and {promised} bytes had been promised.");
        else
            Note(_toAnybody, location, offset.Value);
    }

    private void Count(string what, int status) =>
        _answers.AddOrUpdate($"{what} {status}", 1, (_, before) => before + 1);

    private static void Note(ConcurrentDictionary<string, long> offsets, string location, long offset) =>
        offsets.AddOrUpdate(location, offset, (_, before) => Math.Max(before, offset));
}
