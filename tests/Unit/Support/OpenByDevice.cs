using System.Text;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Unit.Tests.Support;

/// <summary>
/// A projection that derives rows, for no event of the server does so yet: how many uploads of each
/// device are open. A device without one has no row.
/// </summary>
internal sealed class OpenByDevice : IProjection
{
    public const string Kind = "open";

    public static readonly Dictionary<SubjectKind, IProjection> Projections =
        new() { [SubjectKind.Media] = new OpenByDevice() };

    private readonly MediaProjection _media = new();

    public bool CanApply(Job job, JobEvent jobEvent) => _media.CanApply(job, jobEvent);

    public JobChanges Apply(Job job, JobEvent jobEvent)
    {
        var before = job.Find(jobEvent.Subject.MediaId);
        var changes = _media.Apply(job, jobEvent);
        var change = Open(changes.Media[0]) - Open(before);
        return change == 0 ? changes : changes with { Derived = [Add(job, changes.Media[0].Device, change)] };
    }

    /// <summary>What rows say, as "open device: count".</summary>
    public static IEnumerable<string> Read(IEnumerable<DerivedRow> rows)
    {
        return rows.Select(row => $"{row.Kind} {row.Key}: {Count(row.Value)}").Order(StringComparer.Ordinal);

        static string Count(ReadOnlyMemory<byte>? value) =>
            value is { } count ? Encoding.UTF8.GetString(count.Span) : "none";
    }

    private static int Open(Media? media) => media?.Status == MediaStatus.Open ? 1 : 0;

    private static DerivedRow Add(Job job, string device, int change)
    {
        var known = job.FindDerived(Kind, device) is { } value ? int.Parse(value.Span, provider: null) : 0;
        var count = known + change;
        return count == 0
            ? new DerivedRow(Kind, device, null)
            : new DerivedRow(Kind, device, Encoding.UTF8.GetBytes($"{count}"));
    }
}
