using Microsoft.Extensions.Hosting.Systemd;
using OrleansIngest.Gateway.Receipts;
using OrleansIngest.Salvage.Checks;
using OrleansIngest.Silo;
using OrleansIngest.Storage;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// The order of things at the start and at the end of the process. It listens first, then checks what is in the data
/// folder, then starts the grains. At the end requests are answered first, then the grains stop, then the connections
/// end; the databases close last, when the services are disposed.
/// </summary>
internal sealed class ServerLife(WebApplication app)
{
    /// <summary>
    /// How long the end waits for requests that change something: longer than a grain or a disk that works takes to
    /// answer.
    /// </summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(4);

    /// <summary>
    /// How long a client has to read its last answer. A connection that ends while the client still sends takes the
    /// answer with it.
    /// </summary>
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(400);

    private readonly IHostedService _web = app.GetWebServer();
    private readonly RequestsInFlight _inFlight = app.Services.GetRequiredService<RequestsInFlight>();

    /// <summary>Starts everything.</summary>
    /// <returns>False if a signal to stop came meanwhile.</returns>
    /// <exception cref="StorageException">What is in the data folder cannot be used.</exception>
    public async Task<bool> Start(IngestOptions options)
    {
        await _web.StartAsync(CancellationToken.None);
        await Task.Run(() => SiloHosting.PrepareData(options, Tell()));
        app.Services.GetRequiredService<ReceiptKeys>();
        return await StartHost();
    }

    /// <summary>Waits for a signal to stop, and stops everything.</summary>
    public async Task End()
    {
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var _ = app.Lifetime.ApplicationStopping.Register(stopping.SetResult);
        await stopping.Task;
        var answered = _inFlight.Answered();
        var hadRequests = !answered.IsCompleted;
        await Task.WhenAny(answered, Task.Delay(s_patience));
        await Task.WhenAll(app.StopAsync(), hadRequests ? Task.Delay(s_moment) : Task.CompletedTask);
        using var moment = new CancellationTokenSource(s_moment);
        await _web.StopAsync(moment.Token);
    }

    // A signal to stop may come while it starts; then what was under way ends in one exception or another.
    private async Task<bool> StartHost()
    {
        try
        {
            await app.StartAsync();
            return true;
        }
        catch (Exception e) when (
            app.Lifetime.ApplicationStopping.IsCancellationRequested && e is not StorageException and not IOException)
        {
            return false;
        }
    }

    /// <summary>
    /// Tells everybody who wants to know how far the check is: probes that ask, the log once, and systemd, which then
    /// waits longer.
    /// </summary>
    private Action<CheckProgress> Tell()
    {
        var readiness = app.Services.GetRequiredService<Readiness>();
        var systemd = app.Services.GetService<ISystemdNotifier>();
        var isTold = false;
        return progress =>
        {
            if (!isTold)
                Console.WriteLine("The last server did not stop properly: everything that it stored is checked first.");
            isTold = true;
            readiness.Checks(progress);
            systemd?.Notify(new ServiceState($"STATUS={readiness.Words}\nEXTEND_TIMEOUT_USEC=60000000"));
        };
    }
}
