namespace OrleansIngest.EndToEnd.Storm;

/// <summary>A storm takes the whole machine, so no other test runs at the same time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class StormCollection
{
    public const string Name = "storm";
}
