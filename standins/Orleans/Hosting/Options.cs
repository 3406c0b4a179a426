using Orleans.Runtime;

namespace Orleans.Configuration;

/// <summary>When grains that nobody calls are deactivated.</summary>
public sealed class GrainCollectionOptions
{
    /// <summary>How long a grain stays after its last request. Longer than <see cref="CollectionQuantum"/>.</summary>
    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How often idle grains are looked for.</summary>
    public TimeSpan CollectionQuantum { get; set; } = TimeSpan.FromMinutes(1);

    internal void Validate()
    {
        if (CollectionQuantum <= TimeSpan.Zero || CollectionAge <= CollectionQuantum)
            throw new OrleansConfigurationException(
                $"{nameof(CollectionQuantum)} ({CollectionQuantum}) must be more than zero, "
                + $"and {nameof(CollectionAge)} ({CollectionAge}) more than that.");
    }
}

/// <summary>How calls behave.</summary>
public sealed class SiloMessagingOptions
{
    /// <summary>How long a caller waits for an answer; seen to once a second at least.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>Who the cluster is. One process is a cluster of its own here; its service id is part of a stored record's key.</summary>
public sealed class ClusterOptions
{
    /// <summary>The cluster's name.</summary>
    public string ClusterId { get; set; } = "default";

    /// <summary>The service's name. It must stay the same, or stored states are not found again.</summary>
    public string ServiceId { get; set; } = "default";
}

/// <summary>Where an ADO.NET grain storage is.</summary>
public sealed class AdoNetGrainStorageOptions
{
    /// <summary>The provider: <c>System.Data.SQLite</c> (which loads Microsoft.Data.Sqlite) or <c>Npgsql</c>.</summary>
    public string Invariant { get; set; } = "";

    /// <summary>The provider's connection string.</summary>
    public string? ConnectionString { get; set; }
}
