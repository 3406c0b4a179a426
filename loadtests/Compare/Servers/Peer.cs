namespace OrleansIngest.LoadTests.Compare.Servers;

/// <summary>A server of the comparison.</summary>
/// <param name="Key">The name for <c>--peers</c>.</param>
/// <param name="Name">The name in reports.</param>
/// <param name="Start">Starts the server with an empty folder for its data.</param>
internal sealed record Peer(string Key, string Name, Func<string, Task<RunningPeer>> Start)
{
    public const string OursDisk = "ours-disk";
    public const string OursProcess = "ours-process";
    public const string Tus = "tus";
    public const string Nginx = "nginx";

    public static readonly Peer[] All =
    [
        new(OursDisk, "ours, Disk", folder => OurGateway.Start(folder, "Disk")),
        new(OursProcess, "ours, Process", folder => OurGateway.Start(folder, "Process")),
        new(Tus, "@tus/server", TusServer.Start),
        new(Nginx, "nginx PUT", NginxServer.Start),
    ];
}
