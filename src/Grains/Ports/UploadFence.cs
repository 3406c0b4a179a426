using OrleansIngest.Grains.Model;

namespace OrleansIngest.Grains.Ports;

/// <summary>
/// What every write about an open upload names. The write does nothing if the upload has ended, was
/// created again with another blob, or was taken over by another node in the meantime: then its row
/// has another fence. So a node that was frozen and comes back can overwrite nothing.
/// </summary>
/// <param name="Job">The job's key.</param>
/// <param name="Media">The upload's id.</param>
/// <param name="Incoming">The blob that receives the upload's bytes.</param>
/// <param name="Generation">How often the upload was taken over, plus 1.</param>
[GenerateSerializer, Immutable, Alias("ingest.UploadFence")]
public readonly record struct UploadFence(
    [property: Id(0)] string Job, [property: Id(1)] Guid Media, [property: Id(2)] BlobId Incoming,
    [property: Id(3)] long Generation);
