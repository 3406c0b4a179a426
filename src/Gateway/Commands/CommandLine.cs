using OrleansIngest.Gateway.Hosting;

namespace OrleansIngest.Gateway.Commands;

/// <summary>
/// An argument of the program is invalid. The message is one sentence that names the argument.
/// </summary>
internal sealed class CommandLineException(Command? command, string message) : Exception(message)
{
    /// <summary>The command that was given; null if none was given or if it is unknown.</summary>
    public Command? Command { get; } = command;
}

/// <summary>
/// The parsed command line. Unknown arguments are errors: with a misspelt option the server would
/// run with the default, and the operator would not notice.
/// </summary>
internal sealed class CommandLine
{
    // Options of ASP.NET Core and OpenTelemetry that an operator may want to set on
    // the command line.
    private static readonly string[] s_frameworkOptions = ["environment", "contentRoot"];
    private static readonly string[] s_frameworkPrefixes = ["Logging:", "OTEL_"];

    private readonly List<string> _options = [];
    private readonly Dictionary<string, string> _arguments = [];

    private CommandLine(Command? command) => Command = command;

    /// <summary>The command; null if the program is to run as a server.</summary>
    public Command? Command { get; }

    /// <summary>Whether <c>--help</c> was given.</summary>
    public bool AsksForHelp { get; private set; }

    /// <summary>The arguments for the configuration, each as <c>--name=value</c>.</summary>
    public IReadOnlyList<string> Options => _options;

    /// <summary>The arguments of the command, by name.</summary>
    public IReadOnlyDictionary<string, string> Arguments => _arguments;

    /// <summary>Parses the program's arguments.</summary>
    /// <exception cref="CommandLineException">
    /// An argument is unknown, invalid or missing.
    /// </exception>
    public static CommandLine Parse(params IReadOnlyList<string> args)
    {
        var word = args is [var first, ..] && !first.StartsWith('-') ? first : null;
        var line = new CommandLine(word is null ? null : Command.Find(word) ?? throw UnknownCommand(word));
        line.ParseOptions(new Queue<string>(args.Skip(word is null ? 0 : 1)));
        var missing = line.Command?.Arguments.FirstOrDefault(a => a.IsRequired && !line._arguments.ContainsKey(a.Name));
        return missing is null || line.AsksForHelp
            ? line
            : throw line.Error($"{line.Command!.Name} needs --{missing.Name} {missing.Value}: {missing.Meaning}.");
    }

    private static CommandLineException UnknownCommand(string word)
    {
        var known = string.Join(", ", Command.All.Select(command => command.Name));
        return new CommandLineException(null, $"There is no command '{word}'; there are {known}.");
    }

    private void ParseOptions(Queue<string> rest)
    {
        while (rest.TryDequeue(out var argument))
        {
            if (argument is "--help" or "-h")
                AsksForHelp = true;
            else if (argument.StartsWith("--", StringComparison.Ordinal) && argument.Length > 2)
                ParseOption(argument[2..], rest);
            else
                throw Error($"'{argument}' is not an option: options begin with two dashes.");
        }
    }

    private void ParseOption(string option, Queue<string> rest)
    {
        var name = option.Split('=')[0];
        var argument = Command?.Arguments.FirstOrDefault(a => a.Name == name);
        if (argument is null && !IsConfiguration(name))
            throw Error(DescribeUnknown(name));
        var value = ValueOf(option, name, rest);
        if (argument is null)
            _options.Add($"--{name}={value}");
        else
            _arguments[name] = Validate(argument, value);
    }

    // The value follows a `=`, or is the next argument.
    private string ValueOf(string option, string name, Queue<string> rest)
    {
        if (option.Length > name.Length)
            return option[(name.Length + 1)..];
        return rest.TryPeek(out var next) && !next.StartsWith("--", StringComparison.Ordinal)
            ? rest.Dequeue()
            : throw Error($"--{name} needs a value, as in --{name}=VALUE.");
    }

    private string Validate(CommandArgument argument, string value)
    {
        if (!argument.IsValid(value))
            throw Error($"--{argument.Name} is '{value}', which cannot be meant: it is {argument.Meaning}.");
        return argument.IsPath ? Path.GetFullPath(value) : value;
    }

    private static bool IsConfiguration(string name) =>
        (IsOurs(name) && OptionNames.Has(name[OptionNames.Prefix.Length..]))
        || s_frameworkOptions.Contains(name, StringComparer.OrdinalIgnoreCase)
        || s_frameworkPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// The message for an unknown option. It suggests the most similar option of the section
    /// <c>Ingest</c>: always if the name is in that section, otherwise only if two thirds of its
    /// letters are right.
    /// </summary>
    private static string DescribeUnknown(string name)
    {
        var bare = IsOurs(name) ? name[OptionNames.Prefix.Length..] : name;
        var nearest = OptionNames.Nearest(bare);
        return IsOurs(name) || OptionNames.Distance(nearest, bare) <= bare.Length / 3
            ? $"There is no option --{name}; is --{OptionNames.Prefix}{nearest} meant?"
            : $"There is no option --{name}.";
    }

    private static bool IsOurs(string name) => name.StartsWith(OptionNames.Prefix, StringComparison.OrdinalIgnoreCase);

    private CommandLineException Error(string sentence) => new(Command, sentence);
}
