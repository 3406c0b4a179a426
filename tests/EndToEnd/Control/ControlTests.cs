using System.Net;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Control;

/// <summary>
/// Commands reach a server over the socket of its data folder, and over nothing else.
/// </summary>
public sealed class ControlTests
{
    private static readonly string[] s_commands = ["check", "scrub", "sweep", "backup"];

    [Fact]
    public async Task No_request_over_TCP_is_a_command_and_the_socket_takes_nothing_else()
    {
        await using var server = await IngestServer.Start();
        foreach (var command in s_commands)
        {
            var to = $"/{command}?to={server.DataDir}-backup";
            foreach (var path in new[] { $"/{command}", $"/maintenance/{command}?grace=0", to })
            {
                await new HttpTest("POST", path) { Status = 404, Problem = "not-found" }.Run(server);
                Assert.Equal(HttpStatusCode.NotFound, await OverHttp2(server, path));
            }
        }
        Assert.False(Directory.Exists($"{server.DataDir}-backup"));

        foreach (var path in new[] { "readyz", "jobs/a/uploads", "ingest.v1.Jobs/GetJob", "" })
        {
            var refused = await Record.ExceptionAsync(() => ControlSocket.Run(server, path));
            Assert.Contains("NotFound", refused!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_socket_is_its_users_alone_and_takes_the_place_of_one_that_a_killed_server_left()
    {
        await using var server = await IngestServer.Start();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(ControlSocket.Path(server)));
        await server.Kill();
        Assert.True(File.Exists(ControlSocket.Path(server)));

        await server.Restart();
        Assert.Equal(0, (await ControlSocket.Run(server, "sweep")).Code);
        await server.Stop();

        Assert.False(File.Exists(ControlSocket.Path(server)));
    }

    /// <summary>The address of a Unix socket has 107 bytes at most.</summary>
    [Fact]
    public async Task A_data_folder_may_lie_deep()
    {
        using var folder = new TemporaryFolder();
        var deep = folder.File($"{new string('a', 100)}/{new string('ö', 100)}");
        await using var server = await IngestServer.Start($"DataDir={deep}");

        Assert.True(File.Exists(ControlSocket.Path(server)));
        var (code, said) = await server.Shell($"./run sweep --Ingest:DataDir='{deep}'");

        Assert.True(code == 0, said);
        await server.Stop();
        Assert.False(File.Exists(ControlSocket.Path(server)));
    }

    [Fact]
    public async Task A_command_prints_what_the_server_says_and_without_a_server_does_it_itself()
    {
        await using var server = await IngestServer.Start();
        await Upload.CreateWith("roof-7", Fresh.Media(), [1, 2, 3], 3).Run(server);
        string[] lines = ["./run scrub", "./run sweep --grace 0", "./run check"];

        var online = await All(server, lines);
        await server.Stop();
        var offline = await All(server, lines);

        Assert.Equal(online, offline);
        Assert.Contains("checked: 1 (3 bytes)", online[0], StringComparison.Ordinal);
        Assert.Contains("freed, finished: 0 (0 bytes)", online[1], StringComparison.Ordinal);
        Assert.Contains("ingest.db: 1 jobs, 2 events, whole", online[2], StringComparison.Ordinal);
        await server.Restart();
        Assert.DoesNotContain("did not stop properly", server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_check_finds_while_the_server_runs_is_what_it_finds_afterwards()
    {
        await using var server = await IngestServer.Start();
        await Upload.CreateWith("roof-7", Fresh.Media(), [1, 2, 3], 3, ("filename", "a-name-to-find.jpg")).Run(server);
        await server.Stop();
        var file = Path.Combine(server.DataDir, "ingest.db");
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[bytes.AsSpan().LastIndexOf("a-name-to-find.jpg"u8)] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);
        await server.Restart();

        var online = await server.Shell("./run check --Ingest:DataDir=data");
        await server.Stop();
        var offline = await server.Shell("./run check --Ingest:DataDir=data");

        Assert.Equal((1, 1), (online.Code, offline.Code));
        Assert.Contains("job roof-7: ", online.Said, StringComparison.Ordinal);
        Assert.Equal(online.Said, offline.Said);
    }

    [Theory]
    [InlineData("./run sweep --Ingest:DataDir=nowhere", "There is no folder")]
    [InlineData("mkdir none && ./run sweep --Ingest:DataDir=none", "no server has ever used this folder")]
    public async Task A_command_makes_no_data_folder(string command, string sentence)
    {
        await using var server = IngestServer.Create();

        var (code, said) = await server.Shell(command);

        Assert.Equal(2, code);
        Assert.Contains(sentence, said, StringComparison.Ordinal);
        Assert.False(Path.Exists(Path.Combine(server.Folder, "nowhere")));
        Assert.False(Path.Exists(Path.Combine(server.Folder, "none/ingest.db")));
    }

    private static async Task<List<string>> All(IngestServer server, string[] commands)
    {
        var all = new List<string>();
        foreach (var command in commands)
        {
            var (code, said) = await server.Shell($"{command} --Ingest:DataDir=data 2>errors");
            Assert.True(code == 0, said + await File.ReadAllTextAsync(Path.Combine(server.Folder, "errors")));
            all.Add(said);
        }
        return all;
    }

    private static async Task<HttpStatusCode> OverHttp2(IngestServer server, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{server.Grpc}{path}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await server.Client.SendAsync(request);
        return response.StatusCode;
    }
}
