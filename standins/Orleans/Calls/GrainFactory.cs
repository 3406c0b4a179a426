using System.Reflection;
using Orleans.Runtime;

namespace Orleans.Calls;

/// <summary>Makes references.</summary>
internal sealed class GrainFactory(Silo silo) : IClusterClient
{
    public IServiceProvider ServiceProvider => silo.Services;

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(primaryKey);
        var template = GrainInterface<TGrainInterface>.Template;
        return (TGrainInterface)(object)template.To(silo, new(silo.Classes.For(typeof(TGrainInterface), grainClassNamePrefix), primaryKey));
    }

    // Checks an interface once, and makes one reference the slow way, of which all others are copies.
    private static class GrainInterface<T>
    {
        private static readonly string? Refusal = GrainMethod.WhyRefused(typeof(T));
        private static readonly GrainProxy? Proxy = Refusal is null ? (GrainProxy)(object)DispatchProxy.Create<T, GrainProxy>()! : null;

        public static GrainProxy Template => Proxy ?? throw new NotSupportedException(Refusal);
    }
}
