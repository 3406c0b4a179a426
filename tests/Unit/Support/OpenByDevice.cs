using System.Text;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Unit.Tests.Support;

/// <summary>
/// A projection that derives rows, for no event of the server does so yet: how many uploads of each device are open. A
/// device without one has no row.
/// </summary>
internal sealed class OpenByDevice : IProjection
{
    public const string Kind = "open";

    public static readonly Dictionary<SubjectKind, IProjection> Projections = new() { [SubjectKind.Media] = new OpenByDevice() };

    private readonly MediaProjection _media = new();

    public bool CanApply(Job job, JobEvent jobEvent) => _media.CanApply(job, jobEvent);

    public JobChanges Apply(Job job, JobEvent jobEvent)
    {
        var before = job.Find(jobEvent.Subject.MediaId);
        var changes = _media.Apply(job, jobEvent);
        var change = Open(changes.Media[0]) - Open(before);
        return change == 0 ? changes : changes with { Derived = [Add(job, changes.Media[0].Device, change)] };
    }

    /// <summary>What rows say, as "device: count".</summary>
    public static IEnumerable<string> Read(IEnumerable<DerivedRow> rows) =>
        rows.Select(row => $"{row.Kind} {row.Key}: {(row.Value is { } value ? Encoding.UTF8.GetString(value.Span) : "none")}").Order(StringComparer.Ordinal);

    private static int Open(Media? media) => media?.Status == MediaStatus.Open ? 1 : 0;

    private static DerivedRow Add(Job job, string device, int change)
    {
        var known = job.FindDerived(Kind, device) is { } value ? int.Parse(value.Span, provider: null) : 0;
        ReadOnlyMemory<byte>? count = known + change == 0 ? default(ReadOnlyMemory<byte>?) : Encoding.UTF8.GetBytes($"{known + change}");
        return new DerivedRow(Kind, device, count);
    }
}
