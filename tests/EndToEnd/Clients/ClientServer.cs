using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Clients;

/// <summary>
/// The server of the tests with real clients. It sends 104s, without which phones cannot resume.
/// </summary>
public sealed class ClientServer() : ServerFixture("Interim=on");

[CollectionDefinition(Name)]
public sealed class ClientCollection : ICollectionFixture<ClientServer>
{
    public const string Name = "clients";
}

/// <summary>
/// A second server. The tests mostly wait for the bad network, so half of them use a server of
/// their own.
/// </summary>
[CollectionDefinition(Name)]
public sealed class MoreClientsCollection : ICollectionFixture<ClientServer>
{
    public const string Name = "more clients";
}
