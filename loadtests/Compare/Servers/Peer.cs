namespace OrleansIngest.LoadTests.Compare.Servers;

/// <summary>One of those that are compared.</summary>
/// <param name="Key">Its name for <c>--peers</c>.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Start">Starts it with an empty folder for its data.</param>
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
