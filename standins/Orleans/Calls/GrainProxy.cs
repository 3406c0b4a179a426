using System.Reflection;
using Orleans.Runtime;

namespace Orleans.Calls;

#pragma warning disable CA1852 // the generated classes derive from it

/// <summary>The base of the generated references: turns a call of an interface's method into a request to the grain.</summary>
internal class GrainProxy : DispatchProxy
{
    private Silo _silo = null!;

    public GrainId Target { get; private set; }

    /// <summary>A reference like this one, to a grain.</summary>
    public GrainProxy To(Silo silo, GrainId target)
    {
        var reference = (GrainProxy)MemberwiseClone();
        (reference._silo, reference.Target) = (silo, target);
        return reference;
    }

    public override bool Equals(object? obj) => obj is GrainProxy other && other.GetType() == GetType() && other.Target == Target;

    public override int GetHashCode() => Target.GetHashCode();

    public override string ToString() => Target.ToString();

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        GrainMethod.Of(targetMethod!).Call(_silo, this, args!);
}
