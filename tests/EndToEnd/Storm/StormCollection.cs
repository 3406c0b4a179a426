namespace OrleansIngest.EndToEnd.Storm;

/// <summary>A storm takes all of the machine: nothing else runs beside it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class StormCollection
{
    public const string Name = "storm";
}
