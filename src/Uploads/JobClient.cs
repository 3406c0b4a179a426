using OrleansIngest.Grains.Calls;
using OrleansIngest.Grains.Devices;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Uploads.Blobs;

namespace OrleansIngest.Uploads;

/// <summary>
/// What uploads say to the grains of jobs and devices. Blobs that a job's answer says nobody needs
/// any more go to the reclaimer here. All calls throw <see cref="GrainUnavailableException"/> and
/// <see cref="JournalFullException"/>.
/// </summary>
public sealed class JobClient(IGrainFactory grains, BlobReclaimer reclaimer, TimeProvider time)
{
    /// <summary>Frees the blobs that nobody needs.</summary>
    public BlobReclaimer Reclaimer => reclaimer;

    /// <summary>The media, or null if the job has never heard of it.</summary>
    public Task<Media?> FindMedia(string job, Guid media) => GrainCalls.Call(() => grains.Job(job).FindMedia(media));

    /// <summary>Takes room in a job for an upload whose length is known only now.</summary>
    /// <returns>Null if there is room; else what the job takes.</returns>
    public Task<JobLimits?> TakeRoom(string job, Guid media, long length) =>
        GrainCalls.Call(() => grains.Job(job).TakeRoom(media, length));

    /// <summary>Starts an upload, or finds the same one.</summary>
    public async Task<CreateReply> Create(string job, CreateUpload command)
    {
        var reply = await GrainCalls.Call(() => grains.Job(job).Create(command));
        reclaimer.Add(reply.Unneeded);
        return reply;
    }

    /// <summary>Ends an upload that has all of its bytes.</summary>
    public async Task<CompleteReply> Complete(string job, CompleteUpload command)
    {
        var reply = await GrainCalls.Call(() => grains.Job(job).Complete(command));
        reclaimer.Add(reply.Unneeded);
        return reply;
    }

    /// <summary>Starts and ends an upload whose bytes are all here.</summary>
    public async Task<CompleteReply> Store(string job, CreateUpload create, CompleteUpload complete)
    {
        var reply = await GrainCalls.Call(() => grains.Job(job).Store(create, complete));
        reclaimer.Add(reply.Unneeded);
        return reply;
    }

    /// <summary>Ends an upload without a media.</summary>
    public async Task<FailReply> Fail(string job, FailUpload command)
    {
        var reply = await GrainCalls.Call(() => grains.Job(job).Fail(command));
        reclaimer.Add(reply.Unneeded);
        return reply;
    }

    /// <summary>Deletes a media for good.</summary>
    public async Task<DeleteReply> Delete(string job, DeleteMedia command)
    {
        var reply = await GrainCalls.Call(() => grains.Job(job).Delete(command));
        reclaimer.Add(reply.Unneeded);
        return reply;
    }

    /// <summary>
    /// Tells the job and the device how far an upload is. Neither knows of partial uploads.
    /// </summary>
    public void TellProgress(UploadRow upload, long offset)
    {
        if (upload.IsPartial)
            return;
        var now = time.GetUtcNow();
        var chunk = new ChunkReceived(upload.Media, upload.Device, offset, upload.Length, now);
        GrainCalls.Tell(grains.Job(upload.Job).Chunk(chunk));
        if (upload.Device.Length > 0)
            GrainCalls.Tell(grains.Device(upload.Device).Chunk(new DeviceChunk(upload.Job, upload.Media, offset, now)));
    }

    /// <summary>
    /// Tells a device that a media is safe, so that its grain takes it off the queue.
    /// </summary>
    public void TellSynced(string job, string device, Guid media)
    {
        if (device.Length > 0)
            GrainCalls.Tell(grains.Device(device).Settled(new SettledFiles(job, [media], time.GetUtcNow())));
    }
}
