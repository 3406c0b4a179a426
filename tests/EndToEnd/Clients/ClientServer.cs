using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Clients;

/// <summary>The server of the tests with real clients.</summary>
public sealed class ClientServer() : ServerFixture;

[CollectionDefinition(Name)]
public sealed class ClientCollection : ICollectionFixture<ClientServer>
{
    public const string Name = "clients";
}
