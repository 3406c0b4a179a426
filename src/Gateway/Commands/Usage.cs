namespace OrleansIngest.Gateway.Commands;

/// <summary>What <c>--help</c> prints.</summary>
internal static class Usage
{
    private const string Options = """
        options
          --Ingest:DataDir=FOLDER    where everything is kept (data)
          --Ingest:Http=URL          HTTP/1.1: uploads, downloads, feeds (http://127.0.0.1:5080)
          --Ingest:Grpc=URL          HTTP/2 without TLS: gRPC (http://127.0.0.1:5081)
          --Ingest:Durability=Disk   what an acknowledged byte survives: Disk a power cut, Process a crash
          --Ingest:Open=true         serve other machines although there are no tokens
          --help                     this text; after a command, what that one does
        All options, and how to set them in the environment or in a file: docs/operations.md.
        """;

    private static readonly (string Name, string Meaning) s_configuration =
        ("--Ingest:…", "as the server has them: DataDir says which data is meant");

    /// <summary>The usage of a command, or of the program.</summary>
    public static string Of(Command? command) => command is null ? OfProgram() : OfCommand(command);

    private static string OfProgram() => $"""
        usage: ./run [OPTIONS]             serves until it is stopped
               ./run COMMAND [OPTIONS]     does something with the data, whether a server runs or not

        commands
        {Lines(Command.All.Select(command => (command.Name, command.Summary)))}

        {Options}
        """;

    private static string OfCommand(Command command) => $"""
        usage: ./run {command.Name}{string.Concat(command.Arguments.Select(Written))} [OPTIONS]

        {char.ToUpperInvariant(command.Summary[0])}{command.Summary[1..]}.
        {command.Help}

        {Lines([.. command.Arguments.Select(a => ($"--{a.Name} {a.Value}", a.Meaning)), s_configuration])}
        """;

    private static string Written(CommandArgument argument) =>
        argument.IsRequired ? $" --{argument.Name} {argument.Value}" : $" [--{argument.Name} {argument.Value}]";

    private static string Lines(IEnumerable<(string Name, string Meaning)> lines) =>
        string.Join('\n', lines.Select(line => $"  {line.Name,-15} {line.Meaning}"));
}
