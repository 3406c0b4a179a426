namespace OrleansIngest.EndToEnd.Support;

/// <summary>
/// A server that cannot start: it says why in one sentence and ends with 2, before anything has
/// started.
/// </summary>
internal static class RefusedStart
{
    /// <summary>
    /// Starts the server in a folder whose <c>data</c> is the data folder, unless the argument
    /// names another.
    /// </summary>
    /// <param name="folder">The working directory.</param>
    /// <param name="named">A text that the sentence must contain.</param>
    /// <param name="argument">
    /// A further argument. If an option is given twice, the last value counts.
    /// </param>
    /// <param name="environment">
    /// Environment variables in addition to those of this process.
    /// </param>
    /// <param name="launcher">A command that executes the server.</param>
    public static async Task Run(
        TemporaryFolder folder, string named, string argument = "--Ingest:Open=false",
        IEnumerable<KeyValuePair<string, string>>? environment = null, IEnumerable<string>? launcher = null)
    {
        var http = $"--Ingest:Http=http://127.0.0.1:{Ports.Take()}";
        var grpc = $"--Ingest:Grpc=http://127.0.0.1:{Ports.Take()}";
        string[] arguments = [$"--Ingest:DataDir={folder.File("data")}", http, grpc, argument];
        await using var server = new ServerProcess(arguments, folder.Path, environment, launcher);

        Assert.False(await server.IsReady(), $"The server started with {argument}");
        Assert.Equal(2, await server.Ended);
        Assert.DoesNotContain(" fail: ", server.Output);
        var sentence = Assert.Single(server.Errors.Split('\n'));
        Assert.Contains(named, sentence);
        Assert.EndsWith(".", sentence);
        Assert.All(new[] { "   at ", "Exception", "BinderOptions" }, jargon => Assert.DoesNotContain(jargon, sentence));
    }
}
