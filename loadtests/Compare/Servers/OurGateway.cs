using OrleansIngest.LoadTests.Compare.Client;
using OrleansIngest.LoadTests.Support;

namespace OrleansIngest.LoadTests.Compare.Servers;

/// <summary>The gateway of this build.</summary>
internal static class OurGateway
{
    private const int UploadsInAJob = 1000;

    public static async Task<RunningPeer> Start(string folder, string durability)
    {
        var gateway = await IngestGateway.Start(folder, durability, Cores.Server);
        var uploads = 0;
        return new(
            gateway.Process, gateway.Http.Port,
            new TusProtocol(() => $"/jobs/site-{Interlocked.Increment(ref uploads) / UploadsInAJob}/uploads"));
    }
}
