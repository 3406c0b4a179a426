using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Running;

/// <summary>What the program does with its arguments before anything is started.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Help_is_printed_and_no_server_starts()
    {
        var (code, said, errors) = await Run("--help");

        Assert.Equal((0, ""), (code, errors));
        Assert.StartsWith("usage: ./run [OPTIONS]", said, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("There is no option --DataDir; is --Ingest:DataDir meant?", "--DataDir=x")]
    [InlineData("There is no command 'extra'; there are", "extra")]
    [InlineData("backup needs --to", "backup")]
    public async Task What_is_unknown_is_a_sentence_the_usage_and_exit_code_2(string sentence, string argument)
    {
        var (code, said, errors) = await Run(argument);

        Assert.Equal((2, ""), (code, said));
        Assert.StartsWith(sentence, errors, StringComparison.Ordinal);
        Assert.Contains("usage: ./run", errors, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task An_unknown_option_in_the_environment_is_named_too()
    {
        var (code, _, errors) = await Run("--Ingest:Open=false", KeyValuePair.Create("Ingest__DataDirectory", "x"));

        Assert.Equal((2, "There is no option Ingest:DataDirectory; is Ingest:DataDir meant?"), (code, errors));
    }

    /// <summary>
    /// A running server has the program loaded: it must not be built anew under it.
    /// </summary>
    [Theory]
    [InlineData("check", "exec program check")]
    [InlineData("backup --to x", "exec program backup --to x")]
    [InlineData("--help", "exec program --help")]
    [InlineData("", "build|exec program")]
    [InlineData("--Ingest:Open=true", "build|exec program --Ingest:Open=true")]
    public async Task The_script_builds_for_a_server_and_for_no_command(string arguments, string expected) =>
        Assert.Equal(expected, await Script(arguments, isBuilt: true));

    [Fact]
    public async Task The_script_says_so_if_it_must_build_for_a_command() =>
        Assert.Equal(
            "OrleansIngest is not built yet: building it first.|build|exec program check",
            await Script("check", isBuilt: false));

    public void Dispose() => _folder.Dispose();

    private async Task<(int Code, string Said, string Errors)> Run(
        string argument, params KeyValuePair<string, string>[] environment)
    {
        string[] arguments = [Paths.Gateway, argument];
        await using var program = new ChildProcess("dotnet", arguments, _folder.Path, environment: environment);
        var code = await Eventually.Comes("end of the program", program.Ended);
        return (code, program.Output, program.Errors);
    }

    /// <summary>
    /// Runs the script in a repository of its own, with a <c>dotnet</c>
    /// that only says what it would do.
    /// </summary>
    private async Task<string> Script(string arguments, bool isBuilt)
    {
        var program = _folder.File("src/Gateway/bin/Release/net10.0/OrleansIngest.Gateway.dll");
        Directory.CreateDirectory(_folder.File("eng"));
        Directory.CreateDirectory(Path.GetDirectoryName(program)!);
        foreach (var file in new[] { "run", "eng/dotnet.sh" })
            File.Copy(Path.Combine(Paths.Docs, "..", file), _folder.File(file));
        await File.WriteAllTextAsync(_folder.File("dotnet"), $"""
            #!/bin/sh
            if [ "$1" = build ]; then echo build >&2; else shift; echo exec program "$@" >&2; fi
            """);
        if (isBuilt)
            await File.WriteAllTextAsync(program, "");
        var line = $"chmod +x dotnet && PATH=$PWD:$PATH bash ./run {arguments}";
        await using var shell = new ChildProcess("sh", ["-c", line], _folder.Path);
        Assert.Equal(0, await Eventually.Comes("end of the script", shell.Ended));
        return shell.Errors.Replace('\n', '|');
    }
}
