using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

using ActivityEvent = OrleansIngest.Protos.V1.ActivityEvent;

namespace OrleansIngest.Grains.Jobs;

/// <summary>
/// A job as a state machine: <c>Decide(command)</c> says which events follow (see the other parts of this class),
/// <see cref="Apply"/> makes them the state. No I/O and no clock: the same events always give the same job.
/// </summary>
public sealed partial class Job
{
    private readonly Dictionary<Guid, Media> _media = [];
    private readonly List<Guid> _order = [];
    private readonly Dictionary<Sha256Hash, Guid> _originals = [];
    private readonly Dictionary<Guid, List<Guid>> _duplicates = [];

    // Media that are not safe and have bytes all the same: how many there are by content. Empty unless there was damage.
    private readonly Dictionary<BlobId, int> _damaged = [];

    /// <summary>A job without events.</summary>
    public Job(string key) => Key = key;

    /// <summary>The job after its last stored event.</summary>
    public Job(string key, JobSnapshot snapshot) : this(key)
    {
        if (snapshot.Row is null)
            return;
        (_, Head, _, FirstEventAt, LastEventAt) = snapshot.Row;
        _order.AddRange(snapshot.Media.Select(media => media.Id));
        _media.EnsureCapacity(_order.Count);
        _originals.EnsureCapacity((int)snapshot.Row.Counts.Stored);
        foreach (var media in snapshot.Media.OrderBy(m => m.LastSeq)) // so that duplicates are in order
            Link(media);
        RestoreRoom(snapshot.Uploads);
    }

    /// <summary>Its key.</summary>
    public string Key { get; }

    /// <summary>Its last event.</summary>
    public Position Head { get; private set; }

    /// <summary>Its media by status.</summary>
    public JobCounts Counts { get; private set; }

    /// <summary>When its first event was decided.</summary>
    public DateTimeOffset FirstEventAt { get; private set; }

    /// <summary>When its last event was decided.</summary>
    public DateTimeOffset LastEventAt { get; private set; }

    /// <summary>All media, deleted ones included, in the order in which they first appeared.</summary>
    public IReadOnlyList<Guid> Order => _order;

    /// <summary>A media, or null if the job has never heard of it.</summary>
    public Media? Find(Guid id) => _media.GetValueOrDefault(id);

    /// <summary>The media that holds these bytes, or null if the job does not have them.</summary>
    public Media? FindOriginal(Sha256Hash hash) => _originals.TryGetValue(hash, out var id) ? _media[id] : null;

    /// <summary>The duplicates of an original, earliest first.</summary>
    public IReadOnlyList<Guid> DuplicatesOf(Guid original) => _duplicates.TryGetValue(original, out var list) ? list : [];

    /// <summary>The job in one row.</summary>
    public JobRow Row => new(Key, Head, Counts, FirstEventAt, LastEventAt);

    /// <summary>Makes an event part of the job.</summary>
    /// <returns>The media that it changed, as they are now.</returns>
    /// <exception cref="InvalidOperationException">It is not the next event.</exception>
    public Media[] Apply(JobEvent fact)
    {
        if (fact.At.Seq != Head.Seq + 1)
            throw new InvalidOperationException($"Event {fact.At.Seq} does not follow {Head.Seq} in job {Key}.");
        var id = Guid.Parse(fact.Public.Media);
        var media = MediaProjection.Apply(Find(id), fact);
        Head = fact.At;
        LastEventAt = media.ChangedAt;
        if (Head.Seq == 1)
            FirstEventAt = LastEventAt;

        if (fact.Public.WhatCase != ActivityEvent.WhatOneofCase.MediaPromoted)
        {
            Set(media);
            return [media];
        }
        var followers = Follow(Guid.Parse(fact.Public.MediaPromoted.FromMedia), id);
        Set(media);
        return [media, .. followers];
    }

    /// <summary>The duplicates of a deleted original become those of the promoted one.</summary>
    private List<Media> Follow(Guid from, Guid promoted)
    {
        if (!_duplicates.Remove(from, out var duplicates))
            return [];
        duplicates.Remove(promoted);
        var followers = duplicates.ConvertAll(id => _media[id] with { DuplicateOf = promoted });
        followers.ForEach(follower => _media[follower.Id] = follower);
        if (duplicates.Count > 0)
            _duplicates[promoted] = duplicates;
        return followers;
    }

    private void Set(Media media)
    {
        if (_media.TryGetValue(media.Id, out var before))
            Unlink(before);
        else
            _order.Add(media.Id);
        Link(media);
    }

    private void Link(Media media)
    {
        _media[media.Id] = media;
        Counts = Counts.With(media);
        TakeRoom(media);
        if (media.Status == MediaStatus.Stored)
            _originals[media.Sha256!.Value] = media.Id;
        else if (media.Status == MediaStatus.Duplicate)
            (_duplicates.TryGetValue(media.DuplicateOf!.Value, out var list)
                ? list
                : _duplicates[media.DuplicateOf.Value] = []).Add(media.Id);
        else
            CountDamaged(media, 1);
    }

    private void Unlink(Media before)
    {
        Counts = Counts.Without(before);
        GiveRoomBack(before);
        if (before.Status == MediaStatus.Stored)
            _originals.Remove(before.Sha256!.Value);
        else if (before.Status != MediaStatus.Duplicate)
            CountDamaged(before, -1);
        else if (_duplicates.TryGetValue(before.DuplicateOf!.Value, out var list))
            RemoveDuplicate(before, list);
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

    private void RemoveDuplicate(Media duplicate, List<Guid> list)
    {
        list.Remove(duplicate.Id);
        if (list.Count == 0)
            _duplicates.Remove(duplicate.DuplicateOf!.Value);
    }
}
