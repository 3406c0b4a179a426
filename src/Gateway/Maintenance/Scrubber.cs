using System.Runtime.CompilerServices;
using OrleansIngest.Grains.Calls;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Uploads.Blobs;

namespace OrleansIngest.Gateway.Maintenance;

/// <summary>
/// Reads stored bytes and compares them with their SHA-256. Bytes that are wrong or missing become
/// an event of the job and an error in the log. Damaged bytes that are right again, because an
/// operator restored them, become an event too.
/// </summary>
internal sealed class Scrubber(IInventory inventory, IMediaStore store, IGrainFactory grains, ILogger<Scrubber> log)
{
    private const int Batch = 64;

    /// <summary>Checks all stored bytes of one job, or of all jobs, at full speed.</summary>
    /// <param name="job">The key of the job; null for all jobs.</param>
    /// <param name="cancellation">Stops the scrub. Findings so far are already recorded.</param>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public async Task<ScrubReport> Scrub(string? job, CancellationToken cancellation)
    {
        var report = new ScrubReport();
        await foreach (var page in Pages(after: null, cancellation))
        {
            foreach (var kept in page.Where(kept => job is null || kept.Job == job))
                await Check(kept, report, pace: null, cancellation);
        }
        return report;
    }

    /// <summary>
    /// Continues the slow pass where the last call, or the last process, stopped. Returns when the
    /// pass has reached the end of the store.
    /// </summary>
    /// <param name="pace">
    /// Called with the number of bytes after each read; its delay limits the speed.
    /// </param>
    /// <param name="cancellation">
    /// Stops the pass. The next call continues after the last complete batch.
    /// </param>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public async Task Continue(Func<int, Task> pace, CancellationToken cancellation)
    {
        await foreach (var page in Pages(await inventory.CheckedUntil(cancellation), cancellation))
        {
            foreach (var kept in page)
                await Check(kept, new ScrubReport(), pace, cancellation);
            await inventory.SetCheckedUntil(page[^1].Content);
        }
        await inventory.SetCheckedUntil(null);
    }

    private async IAsyncEnumerable<IReadOnlyList<KeptBytes>> Pages(
        BlobId? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (await inventory.List(after, Batch, cancellation) is { Count: > 0 } page)
        {
            yield return page;
            after = page[^1].Content;
        }
    }

    private async Task Check(KeptBytes kept, ScrubReport report, Func<int, Task>? pace, CancellationToken cancellation)
    {
        var damage = await Damage(kept, pace, cancellation);
        if (damage is not null)
            damage = await Damage(kept, pace, cancellation); // a single bad read may be a transient fault
        report.Checked++;
        report.Bytes += kept.Length;
        report.KnownDamaged += damage is not null && kept.IsDamaged ? 1 : 0;
        MaintenanceMetrics.Scrubbed(kept.Length);
        if (damage is not null == kept.IsDamaged)
            return;
        var command = new ReportBytes { Content = kept.Content, Sha256 = kept.Sha256, Damage = damage };
        var reply = await GrainCalls.Call(() => grains.Job(kept.Job).Report(command));
        foreach (var media in reply.Changed)
            Tell(new ScrubFinding(kept.Job, media, damage ?? "Its bytes are right again."), damage is not null, report);
    }

    /// <summary>
    /// Checks the bytes. Returns a description of the damage for people; null if there is none.
    /// </summary>
    private async Task<string?> Damage(KeptBytes kept, Func<int, Task>? pace, CancellationToken cancellation)
    {
        try
        {
            await using var reader = await store.Read(kept.Content, cancellation);
            if (reader.Length != kept.Length)
                return $"It has {reader.Length} bytes, and should have {kept.Length}.";
            using var hash = new RunningHash();
            await hash.Append(reader, pace, cancellation);
            return hash.Value() == kept.Sha256
                ? null
                : $"Its bytes have the SHA-256 {hash.Value()}, and should have {kept.Sha256}.";
        }
        catch (StoreBusyException)
        {
            throw; // says nothing about these bytes: too many files are open, and the pass continues later
        }
        catch (FileNotFoundException)
        {
            return "Its bytes are gone.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.LogWarning(e, "{Content} cannot be read", kept.Content);
            return "Its bytes cannot be read.";
        }
    }

    private void Tell(ScrubFinding finding, bool isDamage, ScrubReport report)
    {
        (isDamage ? report.Damaged : report.Repaired).Add(finding);
        log.Log(
            isDamage ? LogLevel.Error : LogLevel.Information, "Media {Media} of job {Job} is {State}: {Message}",
            finding.Media, finding.Job, isDamage ? "damaged" : "safe again", finding.Message);
    }
}
