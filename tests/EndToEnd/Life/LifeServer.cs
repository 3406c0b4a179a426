using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Life;

/// <summary>The server of the tests about what becomes of media.</summary>
public sealed class LifeServer : ServerFixture;

[CollectionDefinition(Name)]
public sealed class LifeCollection : ICollectionFixture<LifeServer>
{
    public const string Name = "life";
}
