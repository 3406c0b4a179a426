namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// Starts and stops the web server outside the host. The host would start it last and stop it
/// first. Here it runs longer than everything else, so that probes get a response at every moment
/// and clients can read their last responses.
/// </summary>
internal static class WebServer
{
    private const string Key = "web server";

    /// <summary>Removes the web server from the services that the host starts and stops.</summary>
    public static void StartWebServerByHand(this WebApplicationBuilder builder) =>
        builder.Host.ConfigureContainer<IServiceCollection>(services =>
        {
            // WebApplicationBuilder registers the web server as the last hosted service.
            var server = services.Last(service => service.ServiceType == typeof(IHostedService));
            services.Remove(server);
            services.AddKeyedSingleton(typeof(IHostedService), Key, server.ImplementationType!);
        });

    /// <summary>
    /// The web server. Its start listens; its stop closes the connections, and aborts those that
    /// are still open when the token is cancelled.
    /// </summary>
    public static IHostedService GetWebServer(this IHost host) =>
        host.Services.GetRequiredKeyedService<IHostedService>(Key);
}
