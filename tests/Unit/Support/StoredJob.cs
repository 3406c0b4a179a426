using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Unit.Tests.Support;

/// <summary>What a journal keeps of one job.</summary>
internal sealed class StoredJob
{
    private readonly Dictionary<Guid, Media> _media = [];
    private readonly Dictionary<Guid, UploadRow> _uploads = [];
    private readonly Dictionary<(string Kind, string Key), DerivedRow> _derived = [];
    private JobRow? _row;

    public List<JournalRow> Rows { get; } = [];

    public JobRow? Row => _row;

    public JobSnapshot Snapshot =>
        new(_row, [.. _media.Values.OrderBy(m => m.FirstSeq)], [.. _uploads.Values], [.. _derived.Values]);

    public bool Add(JournalAppend append)
    {
        if (append.ExpectedSeq != Rows.Count)
            return false;
        Rows.AddRange(append.Rows);
        foreach (var media in append.Media)
            _media[media.Id] = media;
        foreach (var row in append.Derived)
            Put(row);
        foreach (var upload in append.Opened)
            _uploads[upload.Media] = upload;
        foreach (var media in append.Closed)
            _uploads.Remove(media);
        _row = append.JobRow;
        return true;
    }

    private void Put(DerivedRow row)
    {
        if (row.Value is null)
            _derived.Remove((row.Kind, row.Key));
        else
            _derived[(row.Kind, row.Key)] = row;
    }

    /// <summary>What makes an append wrong in itself; null if nothing does.</summary>
    public static string? Flaw(JournalAppend append)
    {
        var expected = Enumerable.Range(1, append.Rows.Count).Select(i => append.ExpectedSeq + i);
        if (append.Rows.Count == 0 || !append.Rows.Select(row => row.Event.Seq).SequenceEqual(expected))
            return $"[{string.Join(' ', append.Rows.Select(row => row.Event.Seq))}] after {append.ExpectedSeq}";
        if (append.JobRow.Head != append.Rows[^1].Event.At)
            return $"The job's row is of {append.JobRow.Head}, its last event {append.Rows[^1].Event.At}.";
        var named = append.Rows.Select(row => JobEvent.Decode(row).Subject.MediaId);
        return named.Except(append.Media.Select(m => m.Id)).Any() ? "A media with an event has no row." : null;
    }
}
