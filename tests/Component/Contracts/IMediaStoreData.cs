using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Component.Tests.Contracts;

/// <summary>The bytes of one deployment, made for one test.</summary>
public interface IMediaStoreData : IDisposable
{
    /// <summary>A store as a process has it that starts now.</summary>
    IMediaStore Open();
}
