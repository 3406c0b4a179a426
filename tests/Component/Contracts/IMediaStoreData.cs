using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Component.Tests.Contracts;

/// <summary>The bytes of one deployment, made for one test.</summary>
public interface IMediaStoreData : IDisposable
{
    /// <summary>A store as a process has it that starts now.</summary>
    IMediaStore Open();

    /// <summary>
    /// Whether bytes that were written and not synced are there when the writer is disposed. If
    /// not, they count only if the same process finishes the blob next.
    /// </summary>
    bool KeepsUnsynced => true;

    /// <summary>
    /// Whether an incoming blob exists once it was opened, without a byte. If not, it exists with
    /// its first byte, or when it is finished.
    /// </summary>
    bool KeepsEmpty => true;

    /// <summary>
    /// Whether blobs that come whole share files. If not, each is listed as soon as it is unused.
    /// </summary>
    bool SharesFiles => true;
}
