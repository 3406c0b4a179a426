using Microsoft.Extensions.DependencyInjection;

namespace OrleansStandIn.Tests.Support;

internal static class SiloBuilderExtensions
{
    /// <summary>Puts the silo under a clock.</summary>
    public static void UseTime(this ISiloBuilder silo, TimeProvider time) => silo.Services.AddSingleton(time);
}
