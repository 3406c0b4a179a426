using Orleans.Runtime;

namespace Orleans.Runtime
{
    /// <summary>Something that can be called by its address: a grain, or a reference to one.</summary>
    public interface IAddressable;
}

namespace Orleans
{
    /// <summary>The base of every grain interface.</summary>
    public interface IGrain : IAddressable;

    /// <summary>The base of grain interfaces whose grains are named by a string.</summary>
    public interface IGrainWithStringKey : IGrain;
}
