using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Uploads;

/// <summary>
/// The only node of an embedded server. A row with another name is of a process that has ended,
/// because the data folder has one user at a time. So there is no node to ask.
/// </summary>
public sealed class SingleNode : IUploadNodes
{
    /// <inheritdoc/>
    public string Self { get; } = Guid.CreateVersion7().ToString("N");

    /// <inheritdoc/>
    public Task Release(UploadRow upload, CancellationToken cancellation = default) => Task.CompletedTask;
}
