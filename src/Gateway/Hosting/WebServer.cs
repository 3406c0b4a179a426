namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// The web server by itself. The framework starts it last and stops it first; here it is the other way round, so that
/// somebody who
/// asks how the server is gets an answer at every moment, and clients get to read their last answers.
/// </summary>
internal static class WebServer
{
    private const string Key = "web server";

    /// <summary>Takes it out of what the host starts and stops.</summary>
    public static void StartWebServerByHand(this WebApplicationBuilder builder) =>
        builder.Host.ConfigureContainer<IServiceCollection>(services =>
        {
            // The builder adds it last.
            var server = services.Last(service => service.ServiceType == typeof(IHostedService));
            services.Remove(server);
            services.AddKeyedSingleton(typeof(IHostedService), Key, server.ImplementationType!);
        });

    /// <summary>
    /// Listens when it is started, and ends the connections when it is stopped: those that are still open by force.
    /// </summary>
    public static IHostedService GetWebServer(this IHost host) =>
        host.Services.GetRequiredKeyedService<IHostedService>(Key);
}
