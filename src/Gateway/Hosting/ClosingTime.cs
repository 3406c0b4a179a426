using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// After a signal to stop, connections have a moment in which requests save what came and are answered; then they are
/// ended. Without it a client that goes on sending, or reads slowly, would hold the process for seconds.
/// </summary>
internal static class ClosingTime
{
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(500);

    public static void CloseInTime(this ListenOptions listen)
    {
        var lifetime = listen.ApplicationServices.GetRequiredService<IHostApplicationLifetime>();
        listen.Use(next => async connection =>
        {
            using var _ = lifetime.ApplicationStopping.Register(() => Abort(connection));
            await next(connection);
        });
    }

    private static async void Abort(ConnectionContext connection)
    {
        await Task.Delay(s_moment);
        connection.Abort(new ConnectionAbortedException("The server is stopping."));
    }
}
