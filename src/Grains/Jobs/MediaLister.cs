using OrleansIngest.Grains.Model;

namespace OrleansIngest.Grains.Jobs;

/// <summary>
/// Lists the media of a job as people see them: the media in the journal with the progress of their
/// uploads, and the announced files.
/// </summary>
internal sealed class MediaLister(Job job, LiveUploads live, Announcements announcements, DateTimeOffset now)
{
    /// <summary>
    /// Returns a page: first the media in the journal, in the order of their first events, then the
    /// announced files.
    /// </summary>
    public MediaPage Page(MediaQuery query)
    {
        var views = new List<MediaView>();
        var index = query.Start;
        for (; index < job.Order.Count && views.Count < query.Limit; index++)
            AddIfWanted(views, query, View(index));
        if (index < job.Order.Count)
            return new MediaPage(views, index, job.Head);
        var wanted = Announced().Where(view => IsWanted(query, view)).Skip(index - job.Order.Count).ToList();
        var room = query.Limit - views.Count;
        views.AddRange(wanted.Take(room).Select((view, i) => view with { Index = index + i }));
        return new MediaPage(views, wanted.Count > room ? index + room : null, job.Head);
    }

    private IEnumerable<MediaView> Announced() =>
        from waiting in announcements.Waiting(job)
        select new MediaView
        {
            State = ViewState.Announced,
            Length = waiting.File.Length,
            Announced = waiting.File,
            AnnouncedBy = waiting.Device,
            AnnouncedAt = waiting.Queue.ReportedAt,
        };

    private MediaView View(int index)
    {
        var media = job.Find(job.Order[index])!;
        return new MediaView
        {
            State = StateOf(media),
            Media = media,
            Offset = media.IsSafe ? media.Length!.Value : live.Offset(media.Id),
            Length = media.Length ?? live.Length(media.Id),
            DuplicateOfDevice = media.DuplicateOf is { } original ? job.Find(original)!.Device : "",
            Index = index,
        };
    }

    private ViewState StateOf(Media media) => media.Status switch
    {
        MediaStatus.Open => live.IsMoving(media.Id, now) ? ViewState.Uploading : ViewState.Waiting,
        MediaStatus.Stored => ViewState.Stored,
        MediaStatus.Duplicate => ViewState.Duplicate,
        MediaStatus.Failed => ViewState.Error,
        _ => ViewState.Deleted,
    };

    private static void AddIfWanted(List<MediaView> views, MediaQuery query, MediaView view)
    {
        if (IsWanted(query, view))
            views.Add(view);
    }

    private static bool IsWanted(MediaQuery query, MediaView view)
    {
        var (section, session, device) = view.Media is { } media
            ? (media.Description.Section, media.Description.Session, media.Device)
            : (view.Announced!.Section, view.Announced.Session, view.AnnouncedBy);
        return (query.States.Count == 0 ? view.State != ViewState.Deleted : query.States.Contains(view.State))
            && Matches(query.Section, section) && Matches(query.Session, session) && Matches(query.Device, device);
    }

    private static bool Matches(string wanted, string actual) => wanted.Length == 0 || wanted == actual;
}
