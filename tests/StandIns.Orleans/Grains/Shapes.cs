namespace OrleansStandIn.Tests.Grains;

/// <summary>An interface with two grain classes.</summary>
public interface IShape : IGrainWithStringKey
{
    Task<string> Name();
}

public sealed class Round : Grain, IShape
{
    public Task<string> Name() => Task.FromResult("round");
}

public sealed class Square : Grain, IShape
{
    public Task<string> Name() => Task.FromResult("square");
}
