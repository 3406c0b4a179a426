using Orleans.Calls;
using Orleans.Runtime;

namespace Orleans;

/// <summary>What can be asked of a grain and of a reference to it alike.</summary>
public static class GrainExtensions
{
    /// <summary>The key of the grain.</summary>
    /// <exception cref="ArgumentException">It is neither a grain nor a reference to one.</exception>
    public static string GetPrimaryKeyString(this IAddressable grain) => grain switch
    {
        Grain instance => instance.Activation.Id.Key,
        GrainProxy reference => reference.Target.Key,
        _ => throw new ArgumentException($"{grain?.GetType()} is neither a grain nor a reference to one.", nameof(grain)),
    };
}
