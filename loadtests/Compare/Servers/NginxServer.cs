using OrleansIngest.LoadTests.Compare.Client;
using OrleansIngest.LoadTests.Support;

namespace OrleansIngest.LoadTests.Compare.Servers;

/// <summary>
/// nginx with WebDAV's PUT: it writes bytes from the network into a file, without a hash, an offset
/// or a record of them.
/// </summary>
internal static class NginxServer
{
    public static async Task<RunningPeer> Start(string folder)
    {
        var port = Ports.Take();
        var configuration = Path.Combine(folder, "nginx.conf");
        Directory.CreateDirectory(Path.Combine(folder, "files"));
        await File.WriteAllTextAsync(configuration, Configuration(folder, port));
        var process = await ServerProcess.Start(
            ["nginx", "-e", "stderr", "-c", configuration], new($"http://127.0.0.1:{port}"), Cores.Server);
        return new(process, port, new PutProtocol());
    }

    /// <summary>
    /// Replaces every path that is compiled into the package, so that nginx neither needs nor
    /// touches the system's folders.
    /// </summary>
    private static string Configuration(string folder, int port) => $$"""
        daemon off;
        user {{Environment.UserName}};
        worker_processes 1;
        pid "{{folder}}/nginx.pid";
        error_log stderr;
        events {
          worker_connections 4096;
        }
        http {
          access_log off;
          keepalive_timeout 1h;
          keepalive_requests 1000000000;
          client_max_body_size 0;
          client_body_temp_path "{{folder}}/incoming";
          proxy_temp_path "{{folder}}/unused";
          fastcgi_temp_path "{{folder}}/unused";
          uwsgi_temp_path "{{folder}}/unused";
          scgi_temp_path "{{folder}}/unused";
          server {
            listen 127.0.0.1:{{port}};
            root "{{folder}}/files";
            dav_methods PUT DELETE;
            create_full_put_path on;
          }
        }
        """;
}
