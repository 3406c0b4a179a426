using ActivityEvent = OrleansIngest.Protos.V1.ActivityEvent;

namespace OrleansIngest.Grains.Model;

/// <summary>The kinds of things that an event can be about.</summary>
public enum SubjectKind
{
    /// <summary>A media of the job. The key is its UUID.</summary>
    Media = 1,
}

/// <summary>What an event is about. The kind follows from the case of the event's one-of.</summary>
/// <param name="Kind">The kind of the subject.</param>
/// <param name="Key">
/// The key of the subject, unique among the subjects of its kind in a job.
/// </param>
public readonly record struct EventSubject(SubjectKind Kind, string Key)
{
    /// <summary>The UUID of the media; only for <see cref="SubjectKind.Media"/>.</summary>
    public Guid MediaId => Guid.Parse(Key);

    /// <summary>Returns the subject of an event or of a progress hint.</summary>
    /// <exception cref="InvalidOperationException">The message is about nothing.</exception>
    public static EventSubject Of(ActivityEvent activity) => activity.WhatCase switch
    {
        ActivityEvent.WhatOneofCase.UploadStarted or ActivityEvent.WhatOneofCase.MediaStored
            or ActivityEvent.WhatOneofCase.MediaDuplicate or ActivityEvent.WhatOneofCase.MediaPromoted
            or ActivityEvent.WhatOneofCase.MediaDeleted or ActivityEvent.WhatOneofCase.UploadFailed
            or ActivityEvent.WhatOneofCase.MediaDamaged or ActivityEvent.WhatOneofCase.MediaRepaired
            or ActivityEvent.WhatOneofCase.Progress => new EventSubject(SubjectKind.Media, activity.Media),
        var other => throw new InvalidOperationException($"A message of the case {other} has no subject."),
    };
}
