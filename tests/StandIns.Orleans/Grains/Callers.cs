using OrleansStandIn.Tests.Support;

namespace OrleansStandIn.Tests.Grains;

/// <summary>Two of these that call each other wait for each other.</summary>
public interface ICaller : IGrainWithStringKey
{
    /// <summary>Calls that grain, which calls this one back.</summary>
    Task CallAndBeCalled(string other);

    Task CallBack(string first);

    Task Nothing();

    [ResponseTimeout("00:00:00.200")]
    Task WaitBriefly(string gate);
}

public sealed class Caller(Probe probe) : Grain, ICaller
{
    public Task CallAndBeCalled(string other) =>
        GrainFactory.GetGrain<ICaller>(other).CallBack(this.GetPrimaryKeyString());

    public Task CallBack(string first) => GrainFactory.GetGrain<ICaller>(first).Nothing();

    public Task Nothing() => Task.CompletedTask;

    public Task WaitBriefly(string gate) => probe.Opened(gate);
}
