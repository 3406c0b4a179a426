using System.Collections.Concurrent;
using System.Data.Common;
using System.Reflection;
using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>Finds the ADO.NET provider for an invariant name among the program's assemblies, so that none is needed here.</summary>
internal static class DbProviders
{
    private static readonly ConcurrentDictionary<string, DbProviderFactory> Loaded = new();

    public static DbProviderFactory Get(string invariant) => Loaded.GetOrAdd(invariant, Load);

    private static DbProviderFactory Load(string invariant)
    {
        // SQLite has the invariant name of an older provider.
        var (assembly, type) = invariant switch
        {
            "System.Data.SQLite" => ("Microsoft.Data.Sqlite", "Microsoft.Data.Sqlite.SqliteFactory"),
            "Npgsql" => ("Npgsql", "Npgsql.NpgsqlFactory"),
            _ => throw new OrleansConfigurationException($"The database provider '{invariant}' is not known."),
        };
        var instance = Assembly.Load(assembly).GetType(type, throwOnError: true)!.GetField("Instance");
        return (DbProviderFactory)instance!.GetValue(null)!;
    }
}
