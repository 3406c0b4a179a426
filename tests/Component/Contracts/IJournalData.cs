using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Component.Tests.Contracts;

/// <summary>The data of one deployment, made for one test, which several nodes can open.</summary>
public interface IJournalData : IDisposable
{
    /// <summary>One more node that works on the data.</summary>
    Node Open();

    /// <summary>Makes a job look as if a newer version of the server had written it.</summary>
    void WriteWithNewerVersion(string job);

    /// <summary>Changes bytes of an event, as a disk may.</summary>
    void ChangeEvent(string job, long seq);

    /// <summary>Takes an event away.</summary>
    void LoseEvent(string job, long seq);

    /// <summary>Changes what the media's rows say of a content, as a disk may.</summary>
    void ChangeContent(BlobId content, string to);

    /// <summary>Files an event under another seq.</summary>
    void MoveEvent(string job, long seq, long to);
}

/// <summary>What one process has of the storage.</summary>
public sealed record Node(
    IJournal Journal, IJobIndex Jobs, IUploads Uploads, IWorkQueue Work, IInventory Inventory, IDisposable Storage)
    : IDisposable
{
    /// <summary>What incoming blobs are made of; null if the storage does not record it.</summary>
    public IBlobPieces? Pieces { get; init; }

    public void Dispose() => Storage.Dispose();
}
