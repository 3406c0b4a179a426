using Microsoft.Extensions.Hosting.Systemd;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>Tells whoever started the process how it is, in systemd's protocol (sd_notify).</summary>
internal static class ServiceManager
{
    private const string NotifySocket = "NOTIFY_SOCKET";

    /// <summary>
    /// READY=1 when the host has started, STOPPING=1 when it stops. The package looks whether the parent is systemd;
    /// that somebody listens is enough, for
    /// a launcher may be between the two. After the log: to systemd's journal it is written in another format.
    /// </summary>
    public static void AddServiceManager(this IServiceCollection services)
    {
        services.AddSystemd();
        if (!OperatingSystem.IsLinux() || string.IsNullOrEmpty(Environment.GetEnvironmentVariable(NotifySocket)))
            return;
        services.AddSingleton<ISystemdNotifier, SystemdNotifier>();
        services.AddSingleton<IHostLifetime, SystemdLifetime>();
    }
}
