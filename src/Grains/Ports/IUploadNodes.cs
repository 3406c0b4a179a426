namespace OrleansIngest.Grains.Ports;

/// <summary>
/// The nodes that have uploads. A row names the node that has the upload; another node asks that
/// node before it takes the upload over. Nothing depends on an answer: the
/// <see cref="UploadFence"/> keeps a node out that does not answer.
/// </summary>
public interface IUploadNodes
{
    /// <summary>
    /// The name of this process. No other process has it, and none before it had it.
    /// </summary>
    string Self { get; }

    /// <summary>
    /// Asks the node that has an upload to stop the request that sends it, and to record what has
    /// come. Returns after 2 seconds at most, whether or not the node has answered.
    /// </summary>
    Task Release(UploadRow upload, CancellationToken cancellation = default);
}
