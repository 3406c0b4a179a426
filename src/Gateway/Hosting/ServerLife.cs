using Microsoft.Extensions.Hosting.Systemd;
using OrleansIngest.Gateway.Probes;
using OrleansIngest.Gateway.Receipts;
using OrleansIngest.Salvage.Checks;
using OrleansIngest.Silo;
using OrleansIngest.Storage;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// The order of startup and shutdown. At the start a storage that other machines share is taken;
/// then the web server listens, so that probes get a response while the data folder is checked;
/// then the grains start. At the end pending requests are completed first, then the grains stop,
/// then the connections are closed. The databases close last, when the services are disposed.
/// </summary>
internal sealed class ServerLife(WebApplication app)
{
    /// <summary>
    /// How long the shutdown waits for requests that change something: longer than a working grain
    /// or disk needs.
    /// </summary>
    private static readonly TimeSpan s_requestTimeout = TimeSpan.FromSeconds(4);

    /// <summary>
    /// How long a client has to read its last response. If the server closes a connection while the
    /// client still sends, TCP resets it, and the client loses the response.
    /// </summary>
    private static readonly TimeSpan s_closeDelay = TimeSpan.FromMilliseconds(400);

    private readonly IHostedService _web = app.GetWebServer();
    private readonly RequestsInFlight _inFlight = app.Services.GetRequiredService<RequestsInFlight>();

    /// <summary>
    /// Takes the storage, listens, checks the data folder and starts the grains.
    /// </summary>
    /// <returns>False if a signal to stop arrived during the start.</returns>
    /// <exception cref="StorageException">
    /// The data folder cannot be used, or its content is damaged.
    /// </exception>
    public async Task<bool> Start(IngestOptions options)
    {
        await SiloHosting.TakeStorage(app.Services, options);
        await _web.StartAsync(CancellationToken.None);
        await Task.Run(() => SiloHosting.PrepareData(options, ProgressReporter()));
        app.Services.GetRequiredService<ReceiptKeys>(); // reads the keys now: invalid ones must stop the start
        return await StartHost();
    }

    /// <summary>Waits for a signal to stop, and then stops the server.</summary>
    public async Task End()
    {
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var _ = app.Lifetime.ApplicationStopping.Register(stopping.SetResult);
        await stopping.Task;
        // ReadyGuard refuses new requests from now on. Those that it let pass get
        // their responses first.
        var answered = _inFlight.Answered();
        var hadRequests = !answered.IsCompleted;
        await Task.WhenAny(answered, Task.Delay(s_requestTimeout));
        // While the grains stop, clients read their last responses; without pending requests
        // there are none.
        await Task.WhenAll(app.StopAsync(), hadRequests ? Task.Delay(s_closeDelay) : Task.CompletedTask);
        using var closeDelay = new CancellationTokenSource(s_closeDelay);
        await _web.StopAsync(closeDelay.Token);
    }

    // A signal to stop during the start makes the startup step that is running throw, each in
    // its own way.
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
    /// Reports the progress of the check: to the probes, once to the console, and to systemd, whose
    /// start timeout is extended.
    /// </summary>
    private Action<CheckProgress> ProgressReporter()
    {
        var readiness = app.Services.GetRequiredService<Readiness>();
        var systemd = app.Services.GetService<ISystemdNotifier>();
        var isLogged = false;
        return progress =>
        {
            if (!isLogged)
                Console.WriteLine("The last server did not stop properly: everything that it stored is checked first.");
            isLogged = true;
            readiness.ReportCheck(progress);
            systemd?.Notify(new ServiceState($"STATUS={readiness.StatusText}\nEXTEND_TIMEOUT_USEC=60000000"));
        };
    }
}
