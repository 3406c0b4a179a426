using OrleansIngest.Gateway.Commands;
using OrleansIngest.Gateway.Hosting;

namespace OrleansIngest.Unit.Tests.Gateway;

/// <summary>
/// Every argument of the program is known, or refused with a sentence that names it.
/// </summary>
public sealed class CommandLineTests
{
    [Fact]
    public void Without_a_command_it_serves()
    {
        var line = CommandLine.Parse("--Ingest:DataDir=x", "--Ingest:Http", "http://127.0.0.1:1", "--ingest:open=true");

        Assert.Null(line.Command);
        Assert.Equal(["--Ingest:DataDir=x", "--Ingest:Http=http://127.0.0.1:1", "--ingest:open=true"], line.Options);
    }

    [Theory]
    [InlineData("--Logging:LogLevel:Default=Debug")]
    [InlineData("--OTEL_SERVICE_NAME=ingest-1")]
    [InlineData("--environment=Staging")]
    [InlineData("--contentRoot=/etc/ingest")]
    public void What_the_frameworks_read_is_passed_on(string option) =>
        Assert.Equal([option], CommandLine.Parse(option).Options);

    [Fact]
    public void A_commands_own_arguments_are_not_for_the_configuration()
    {
        var line = CommandLine.Parse("sweep", "--grace", "01:00:00", "--Ingest:DataDir=x");

        Assert.Equal("sweep", line.Command!.Name);
        Assert.Equal("01:00:00", line.Arguments["grace"]);
        Assert.Equal(["--Ingest:DataDir=x"], line.Options);
    }

    /// <summary>The server may run in another folder than the command.</summary>
    [Fact]
    public void A_path_is_that_of_the_caller() =>
        Assert.Equal(Path.GetFullPath("x"), CommandLine.Parse("backup", "--to=x").Arguments["to"]);

    [Theory]
    [InlineData("There is no option --DataDir; is --Ingest:DataDir meant?", "--DataDir=x")]
    [InlineData("There is no option --Ingest:DataDirectory; is --Ingest:DataDir meant?", "--Ingest:DataDirectory=x")]
    [InlineData("There is no option --Ingest:opne; is --Ingest:Open meant?", "--Ingest:opne=true")]
    [InlineData("There is no option --urls.", "--urls=http://0.0.0.0:80")]
    [InlineData("There is no option --grace.", "--grace=0")]
    [InlineData("There is no option --Kestrel:Endpoints:Other:Url.", "--Kestrel:Endpoints:Other:Url=http://0.0.0.0:80")]
    [InlineData("There is no command 'extra'; there are check, scrub, sweep, backup, salvage.", "extra")]
    [InlineData("There is no command 'Ingest:Open=true'; there are check, scrub, sweep", "Ingest:Open=true")]
    [InlineData("'extra' is not an option: options begin with two dashes.", "--Ingest:Open=true", "extra")]
    [InlineData("'-x' is not an option: options begin with two dashes.", "-x")]
    [InlineData("'--' is not an option: options begin with two dashes.", "--")]
    [InlineData("--Ingest:Open needs a value, as in --Ingest:Open=VALUE.", "--Ingest:Open")]
    [InlineData("--Ingest:Open needs a value, as in --Ingest:Open=VALUE.", "--Ingest:Open", "--Ingest:Http=x")]
    [InlineData("There is no option --job.", "sweep", "--job=x")]
    [InlineData("--grace is 'soon', which cannot be meant: it is how long ago", "sweep", "--grace=soon")]
    [InlineData("--grace is '-1', which cannot be meant: it is how long ago", "sweep", "--grace", "-1")]
    [InlineData("--job is 'a b', which cannot be meant: it is", "scrub", "--job=a b")]
    [InlineData("backup needs --to FOLDER: ", "backup")]
    [InlineData("salvage needs --into FOLDER: ", "salvage", "--Ingest:DataDir=data")]
    public void What_cannot_be_meant_is_named(string sentence, params string[] args)
    {
        var refused = Assert.Throws<CommandLineException>(() => CommandLine.Parse(args));

        Assert.StartsWith(sentence, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("backup", "--help")]
    [InlineData("--Ingest:Open=true", "--help")]
    public void Help_is_no_mistake(params string[] args) => Assert.True(CommandLine.Parse(args).AsksForHelp);

    [Fact]
    public void The_usage_names_all_commands_and_each_of_them_its_arguments_and_exit_codes()
    {
        var usage = Usage.Of(null);
        Assert.All(Command.All, command => Assert.Contains($"  {command.Name} ", usage, StringComparison.Ordinal));
        foreach (var command in Command.All)
        {
            var ofCommand = Usage.Of(command);
            Assert.Contains("Exit code: 0 ", ofCommand, StringComparison.Ordinal);
            foreach (var argument in command.Arguments)
                Assert.Contains($"--{argument.Name} {argument.Value}", ofCommand, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_options_that_the_usage_names_exist()
    {
        const string beginning = "  --Ingest:";
        var lines = Usage.Of(null).Split('\n');
        var named = lines.Where(line => line.StartsWith(beginning, StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(named);
        Assert.All(named, line => Assert.True(OptionNames.Has(line[beginning.Length..].Split('=')[0]), line));
    }
}
