using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Grains.Jobs;

/// <summary>
/// A job as a state machine. The <c>Decide</c> methods, which are in the other parts of this class,
/// turn a command into a reply and events; <see cref="Apply"/> makes an event part of the state.
/// There is no I/O and no clock, so the same events always give the same job.
/// </summary>
public sealed partial class Job
{
    private static readonly Dictionary<SubjectKind, IProjection> s_projections =
        new() { [SubjectKind.Media] = new MediaProjection() };

    private readonly IReadOnlyDictionary<SubjectKind, IProjection> _projections;
    private readonly Dictionary<Guid, Media> _media = [];
    private readonly List<Guid> _order = [];
    private readonly Dictionary<Sha256Hash, Guid> _originals = [];
    private readonly Dictionary<Guid, List<Guid>> _duplicates = []; // by original
    private readonly Dictionary<(string Kind, string Key), ReadOnlyMemory<byte>> _derived = [];

    // By content: the number of media that are not safe but keep that content. It is empty unless
    // there was damage.
    private readonly Dictionary<BlobId, int> _damaged = [];

    /// <summary>Creates a job without events.</summary>
    public Job(string key) : this(key, s_projections)
    {
    }

    /// <summary>Restores a job from its rows in the journal.</summary>
    public Job(string key, JobSnapshot snapshot) : this(key, snapshot, s_projections)
    {
    }

    /// <summary>Creates a job without events.</summary>
    /// <param name="key">The key of the job.</param>
    /// <param name="projections">The projection of each kind of subject.</param>
    internal Job(string key, IReadOnlyDictionary<SubjectKind, IProjection> projections) =>
        (Key, _projections) = (key, projections);

    /// <summary>Restores a job from its rows in the journal.</summary>
    internal Job(string key, JobSnapshot snapshot, IReadOnlyDictionary<SubjectKind, IProjection>? projections)
        : this(key, projections ?? s_projections)
    {
        if (snapshot.Row is null)
            return;
        (_, Head, _, FirstEventAt, LastEventAt) = snapshot.Row;
        _order.AddRange(snapshot.Media.Select(media => media.Id));
        _media.EnsureCapacity(_order.Count);
        _originals.EnsureCapacity((int)snapshot.Row.Counts.Stored);
        foreach (var media in snapshot.Media.OrderBy(m => m.LastSeq)) // the order of the duplicates
            Link(media);
        RestoreRoom(snapshot.Uploads);
        foreach (var row in snapshot.Derived)
            Set(row);
    }

    /// <summary>The key of the job.</summary>
    public string Key { get; }

    /// <summary>The position of the last event.</summary>
    public Position Head { get; private set; }

    /// <summary>The number of media in each status.</summary>
    public JobCounts Counts { get; private set; }

    /// <summary>When the first event was decided.</summary>
    public DateTimeOffset FirstEventAt { get; private set; }

    /// <summary>When the last event was decided.</summary>
    public DateTimeOffset LastEventAt { get; private set; }

    /// <summary>All media, including deleted ones, in the order of their first events.</summary>
    public IReadOnlyList<Guid> Order => _order;

    /// <summary>The row of the job.</summary>
    public JobRow Row => new(Key, Head, Counts, FirstEventAt, LastEventAt);

    /// <summary>All rows that follow from the events and are neither media nor uploads.</summary>
    public IEnumerable<DerivedRow> Derived =>
        _derived.Select(row => new DerivedRow(row.Key.Kind, row.Key.Key, row.Value));

    /// <summary>Finds a media. Null if the job has no event about it.</summary>
    public Media? Find(Guid id) => _media.GetValueOrDefault(id);

    /// <summary>
    /// Finds the stored media with this hash. Null if the job does not have these bytes.
    /// </summary>
    public Media? FindOriginal(Sha256Hash hash) => _originals.TryGetValue(hash, out var id) ? _media[id] : null;

    /// <summary>The duplicates of a stored media, earliest first.</summary>
    public IReadOnlyList<Guid> DuplicatesOf(Guid original) =>
        _duplicates.TryGetValue(original, out var list) ? list : [];

    /// <summary>Finds the value of a derived row. Null if there is no such row.</summary>
    public ReadOnlyMemory<byte>? FindDerived(string kind, string key) =>
        _derived.TryGetValue((kind, key), out var value) ? value : default(ReadOnlyMemory<byte>?);

    /// <summary>
    /// Whether an event is possible in the current state. If not, an event on which it depends is
    /// missing from the history.
    /// </summary>
    public bool CanApply(JobEvent jobEvent) => _projections[jobEvent.Subject.Kind].CanApply(this, jobEvent);

    /// <summary>Makes an event part of the state.</summary>
    /// <returns>The rows that it changed, as they are now.</returns>
    /// <exception cref="InvalidOperationException">It is not the next event.</exception>
    public JobChanges Apply(JobEvent jobEvent)
    {
        if (jobEvent.At.Seq != Head.Seq + 1)
            throw new InvalidOperationException($"Event {jobEvent.At.Seq} does not follow {Head.Seq} in job {Key}.");
        var changes = _projections[jobEvent.Subject.Kind].Apply(this, jobEvent);
        foreach (var row in changes.Derived)
            Set(row);
        Head = jobEvent.At;
        LastEventAt = jobEvent.DecidedAt;
        if (Head.Seq == 1)
            FirstEventAt = LastEventAt;
        return changes;
    }

    /// <summary>Adds a media, or replaces it with its new version.</summary>
    internal void Set(Media media)
    {
        if (_media.TryGetValue(media.Id, out var before))
            Unlink(before);
        else
            _order.Add(media.Id);
        Link(media);
    }

    /// <summary>
    /// Makes the duplicates of a deleted media duplicates of the one that was promoted in its
    /// place. The whole list moves at once, because there may be very many.
    /// </summary>
    /// <returns>The duplicates, as they are now.</returns>
    internal IReadOnlyList<Media> MoveDuplicates(Guid from, Guid promoted)
    {
        if (!_duplicates.Remove(from, out var duplicates))
            return [];
        duplicates.Remove(promoted);
        var moved = duplicates.ConvertAll(id => _media[id] with { DuplicateOf = promoted });
        moved.ForEach(media => _media[media.Id] = media);
        if (duplicates.Count > 0)
            _duplicates[promoted] = duplicates;
        return moved;
    }

    private void Set(DerivedRow row)
    {
        if (row.Value is { } value)
            _derived[(row.Kind, row.Key)] = value;
        else
            _derived.Remove((row.Kind, row.Key));
    }

    private void Link(Media media)
    {
        _media[media.Id] = media;
        Counts = Counts.With(media);
        TakeRoom(media);
        if (media.Status == MediaStatus.Stored)
            _originals[media.Sha256!.Value] = media.Id;
        else if (media.Status == MediaStatus.Duplicate)
            AddDuplicate(media.DuplicateOf!.Value, media.Id);
        else
            CountDamaged(media, 1);
    }

    private void Unlink(Media before)
    {
        Counts = Counts.Without(before);
        GiveRoomBack(before);
        if (before.Status == MediaStatus.Stored)
            _originals.Remove(before.Sha256!.Value);
        else if (before.Status == MediaStatus.Duplicate)
            RemoveDuplicate(before.DuplicateOf!.Value, before.Id);
        else
            CountDamaged(before, -1);
    }

    private void CountDamaged(Media media, int sign)
    {
        if (media.Content is not { } content)
            return;
        var count = _damaged.GetValueOrDefault(content) + sign;
        if (count == 0)
            _damaged.Remove(content);
        else
            _damaged[content] = count;
    }

    private void AddDuplicate(Guid original, Guid duplicate)
    {
        if (!_duplicates.TryGetValue(original, out var list))
            _duplicates[original] = list = [];
        list.Add(duplicate);
    }

    private void RemoveDuplicate(Guid original, Guid duplicate)
    {
        if (!_duplicates.TryGetValue(original, out var list))
            return; // a promotion moved the list
        list.Remove(duplicate);
        if (list.Count == 0)
            _duplicates.Remove(original);
    }
}
