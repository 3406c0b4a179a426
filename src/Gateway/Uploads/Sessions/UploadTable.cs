using System.Collections.Concurrent;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Uploads.Sessions;

/// <summary>
/// The uploads that requests of this process work on. A session is a cache of a row and a lock; losing one costs no more
/// than reading the file once at completion.
/// </summary>
internal sealed class UploadTable(IUploads uploads, IMediaStore store, TimeProvider time)
{
    /// <summary>How long a newcomer waits for the holder of an upload to let go.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>A session nobody has used for so long is forgotten.</summary>
    private static readonly TimeSpan s_idle = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<(string Job, Guid Media), (UploadSession Session, long UsedAt)> _sessions = new();

    /// <summary>The session of an open upload, or null if there is no such upload.</summary>
    public async Task<UploadSession?> Find(string job, Guid media, CancellationToken cancellation)
    {
        if (_sessions.TryGetValue((job, media), out var known))
            return known.Session;
        var row = await uploads.Find(job, media, cancellation);
        if (row is null)
            return null;
        var length = await store.SafeLength(row.Incoming, row.DurableOffset, cancellation);
        return Add(row, Math.Min(length, row.UnverifiedFrom ?? length));
    }

    /// <summary>The session of an upload that has just been started, or was there already.</summary>
    public UploadSession Add(UploadRow row, long offset)
    {
        var now = Environment.TickCount64;
        return _sessions.AddOrUpdate(
            (row.Job, row.Media),
            _ => (new UploadSession(row, offset, time), now),
            // A session of another blob is of an earlier upload with the same id.
            (_, known) => known.Session.Row.Incoming == row.Incoming ? known : (new UploadSession(row, offset, time), now)).Session;
    }

    /// <summary>Takes an upload for one request, or null if there is no such upload.</summary>
    /// <exception cref="ProblemException">423: whoever holds it does not let go, or it changes hands too often.</exception>
    public async Task<UploadHold?> Take(string job, Guid media, CancellationToken cancellation)
    {
        while (await Find(job, media, cancellation) is { } session)
        {
            if (await Take(session, cancellation) is { } hold)
                return hold;
        }
        return null;
    }

    /// <summary>
    /// Takes an upload, or null if it has ended meanwhile: look it up again. Who takes it knows that its row is still there,
    /// for an upload can end without its holder (a deletion, a whole body under the same id).
    /// </summary>
    /// <exception cref="ProblemException">423: whoever holds it does not let go, or it changes hands too often.</exception>
    public async Task<UploadHold?> Take(UploadSession session, CancellationToken cancellation)
    {
        if (await Wait(session, cancellation) is not { } hold)
            return null;
        try
        {
            var row = await uploads.Find(session.Row.Job, session.Row.Media, CancellationToken.None);
            if (row?.Incoming == session.Row.Incoming)
            {
                if (row.UnverifiedFrom is not null)
                    await DropUnverified(session);
                _sessions[Key(session)] = (session, Environment.TickCount64);
                return hold;
            }
            Remove(session);
        }
        catch
        {
            hold.Dispose();
            throw;
        }
        hold.Dispose();
        return null;
    }

    /// <summary>
    /// The last body said what it hashes to, and was cut or wrong: it is cut off here, and from now on all in the blob counts.
    /// </summary>
    private async Task DropUnverified(UploadSession session)
    {
        await using (await store.Append(session.Row.Incoming, session.Offset))
            await uploads.MarkUnverified(session.Row.Job, session.Row.Media, session.Row.Incoming, from: null);
    }

    /// <summary>Has whoever holds an upload make safe what is here, without letting go of it.</summary>
    /// <exception cref="ProblemException">423: that takes too long.</exception>
    public static async Task Publish(UploadSession session, CancellationToken cancellation)
    {
        try
        {
            await session.Publish(s_patience, cancellation);
        }
        catch (TimeoutException)
        {
            throw Busy();
        }
    }

    /// <summary>
    /// A client goes on where it was promised that it could. If more has come since then, on a line that it had lost,
    /// that does not count and is cut off. It is recorded first: the row must never say more than the blob has.
    /// </summary>
    /// <exception cref="ProblemException">The upload has ended meanwhile.</exception>
    /// <exception cref="IOException">The store fails.</exception>
    public async Task KeepPromise(UploadHold hold, long offset)
    {
        if (!hold.TryGoBack(offset))
            return;
        try
        {
            var row = hold.Session.Row with { DurableOffset = offset };
            if (!await uploads.RecordOffset(row.Job, row.Media, row.Incoming, offset, row.LastByteAt))
                throw Refusals.ToProblem(Refusal.Ended);
            await using (await store.Append(row.Incoming, offset))
                hold.Session.Update(row);
        }
        catch
        {
            Remove(hold.Session); // nobody knows how far it came: the upload is looked up anew
            throw;
        }
    }

    private static async Task<UploadHold?> Wait(UploadSession session, CancellationToken cancellation)
    {
        try
        {
            return await session.Take(s_patience, cancellation);
        }
        catch (TimeoutException)
        {
            throw Busy();
        }
    }

    private static ProblemException Busy() => new ProblemException(
        ProblemKind.UploadLocked, "Other requests are busy with this upload; try again.").RetryAfter(1);

    /// <summary>An upload was ended by somebody who does not hold it: whoever does is stopped.</summary>
    public void Stop(string job, Guid media)
    {
        if (_sessions.TryGetValue((job, media), out var known))
            known.Session.Holder?.Stop();
    }

    /// <summary>
    /// The upload has ended, or the store failed: then the upload is looked up anew and is where it would be after a restart,
    /// for what could not be made durable does not count. Called by the one who holds it.
    /// </summary>
    public void Remove(UploadSession session)
    {
        session.Close();
        // Another one under its key is of a later upload with the same id.
        while (_sessions.TryGetValue(Key(session), out var known) && known.Session == session)
            _sessions.TryRemove(KeyValuePair.Create(Key(session), known));
    }

    /// <summary>Forgets sessions that nobody uses.</summary>
    public void ForgetIdle()
    {
        var now = Environment.TickCount64;
        foreach (var (key, (session, usedAt)) in _sessions)
        {
            if (now - usedAt > s_idle.TotalMilliseconds && session.TryClose())
                _sessions.TryRemove(key, out _);
        }
    }

    private static (string Job, Guid Media) Key(UploadSession session) => (session.Row.Job, session.Row.Media);
}
