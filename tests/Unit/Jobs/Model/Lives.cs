using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.Unit.Tests.Jobs.Model;

/// <summary>
/// What may follow what in the life of a media: a history with a fact told twice is not one.
/// </summary>
internal static class Lives
{
    public static void Check(IEnumerable<JobEvent> history)
    {
        var lives = new Dictionary<string, MediaStatus>();
        foreach (var fact in history)
        {
            var (media, what) = (fact.Public.Media, fact.Public.WhatCase);
            MediaStatus? before = lives.TryGetValue(media, out var status) ? status : null;
            Assert.True(
                MayFollow(before, what),
                $"{what} after {before?.ToString() ?? "nothing"} at {fact.Public.Seq}");
            lives[media] = After(fact.Public);
        }
    }

    private static bool MayFollow(MediaStatus? before, ActivityEvent.WhatOneofCase what) => what switch
    {
        ActivityEvent.WhatOneofCase.UploadStarted => before is null or MediaStatus.Failed,
        ActivityEvent.WhatOneofCase.MediaPromoted => before is MediaStatus.Duplicate,
        ActivityEvent.WhatOneofCase.MediaDamaged => before is MediaStatus.Stored or MediaStatus.Duplicate,
        ActivityEvent.WhatOneofCase.MediaRepaired => before is MediaStatus.Failed,
        ActivityEvent.WhatOneofCase.MediaDeleted => before is not MediaStatus.Deleted,
        _ => before is MediaStatus.Open,
    };

    private static MediaStatus After(ActivityEvent fact) => fact.WhatCase switch
    {
        ActivityEvent.WhatOneofCase.UploadStarted => MediaStatus.Open,
        ActivityEvent.WhatOneofCase.MediaStored or ActivityEvent.WhatOneofCase.MediaPromoted => MediaStatus.Stored,
        ActivityEvent.WhatOneofCase.MediaDuplicate => MediaStatus.Duplicate,
        ActivityEvent.WhatOneofCase.UploadFailed or ActivityEvent.WhatOneofCase.MediaDamaged => MediaStatus.Failed,
        ActivityEvent.WhatOneofCase.MediaRepaired =>
            fact.MediaRepaired.OfMedia.Length == 0 ? MediaStatus.Stored : MediaStatus.Duplicate,
        ActivityEvent.WhatOneofCase.MediaDeleted => MediaStatus.Deleted,
        _ => throw new InvalidOperationException($"{fact.WhatCase} is no fact."),
    };
}
