using Orleans.Concurrency;

namespace OrleansIngest.Component.Tests.Engine;

/// <summary>
/// A grain that shows what Orleans does with a key, an activation and a slow call.
/// </summary>
public interface IProbeGrain : IGrainWithStringKey
{
    /// <summary>Which activation answers.</summary>
    Task<Guid> Activation();

    /// <summary>Ends this activation when it is idle.</summary>
    Task Leave();

    /// <summary>Remembers a text in the grain's stored state.</summary>
    Task Write(string text);

    /// <summary>The stored text.</summary>
    Task<string> Read();

    /// <summary>
    /// Tells that it began, waits until the test lets it go on, and tells that it ended.
    /// </summary>
    Task Pass();

    /// <summary>What <see cref="Pass"/> waits for.</summary>
    [AlwaysInterleave]
    Task LetGo();
}
