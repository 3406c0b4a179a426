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
        GrainInterface<TGrainInterface>.Check();
        var reference = DispatchProxy.Create<TGrainInterface, GrainProxy>();
        ((GrainProxy)(object)reference).Bind(silo, new(silo.Classes.For(typeof(TGrainInterface), grainClassNamePrefix), primaryKey));
        return reference;
    }

    // Checks an interface once.
    private static class GrainInterface<T>
    {
        private static readonly string? Refusal = GrainMethod.WhyRefused(typeof(T));

        public static void Check()
        {
            if (Refusal is not null) throw new NotSupportedException(Refusal);
        }
    }
}
