using OrleansIngest.LoadTests.Support.Client;

namespace OrleansIngest.LoadTests.Compare.Client;

/// <summary>The way in which a client uploads to a server.</summary>
internal interface IProtocol
{
    /// <summary>Uploads new bytes and checks the answer of the server.</summary>
    /// <returns>The path of the upload.</returns>
    string Upload(Connection connection, Workload body);
}
