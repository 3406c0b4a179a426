using OrleansIngest.LoadTests.Support.Client;

namespace OrleansIngest.LoadTests.Compare.Client;

/// <summary>How a server is given an upload.</summary>
internal interface IProtocol
{
    /// <summary>Uploads new bytes and checks what the server says.</summary>
    /// <returns>Where they are now.</returns>
    string Upload(Connection connection, Workload body);
}
