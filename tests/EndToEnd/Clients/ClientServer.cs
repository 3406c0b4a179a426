using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Clients;

/// <summary>The server of the tests with real clients. It sends 104s, without which phones cannot go on.</summary>
public sealed class ClientServer() : ServerFixture("Interim=on");

[CollectionDefinition(Name)]
public sealed class ClientCollection : ICollectionFixture<ClientServer>
{
    public const string Name = "clients";
}

/// <summary>The tests wait for the bad network more than for anything else: so half of them have a server of their own.</summary>
[CollectionDefinition(Name)]
public sealed class MoreClientsCollection : ICollectionFixture<ClientServer>
{
    public const string Name = "more clients";
}
