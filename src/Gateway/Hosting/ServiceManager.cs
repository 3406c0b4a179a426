using Microsoft.Extensions.Hosting.Systemd;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// Notifies a service manager of the server's state, with systemd's protocol (sd_notify).
/// </summary>
internal static class ServiceManager
{
    private const string NotifySocket = "NOTIFY_SOCKET";

    /// <summary>
    /// Sends <c>READY=1</c> when the host has started and <c>STOPPING=1</c> when it stops. The
    /// package does so only if the parent process is systemd; here <c>NOTIFY_SOCKET</c> is enough,
    /// as a launcher may run between the two. Call it after the logging is configured: the package
    /// changes the console format for systemd's journal.
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
