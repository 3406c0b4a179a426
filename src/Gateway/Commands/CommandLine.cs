using OrleansIngest.Gateway.Hosting;

namespace OrleansIngest.Gateway.Commands;

/// <summary>An argument of the program cannot be meant; the message is one sentence that names it.</summary>
internal sealed class CommandLineException(Command? command, string message) : Exception(message)
{
    /// <summary>The command that it was said to; null if that is the server, or not known.</summary>
    public Command? Command { get; } = command;
}

/// <summary>
/// What the program was asked for. Every argument must be known: a misspelt option would leave the default in force,
/// and
/// nobody would notice.
/// </summary>
internal sealed class CommandLine
{
    /// <summary>
    /// What else ASP.NET Core and OpenTelemetry read from the configuration, and an operator may want to say here.
    /// </summary>
    private static readonly string[] s_frameworkOptions = ["environment", "contentRoot"];
    private static readonly string[] s_frameworkPrefixes = ["Logging:", "OTEL_"];

    private readonly List<string> _options = [];
    private readonly Dictionary<string, string> _arguments = [];

    private CommandLine(Command? command) => Command = command;

    /// <summary>The command; null if the program is to serve.</summary>
    public Command? Command { get; }

    /// <summary>Whether only the usage is wanted.</summary>
    public bool AsksForHelp { get; private set; }

    /// <summary>What is for the configuration, each as <c>--name=value</c>.</summary>
    public IReadOnlyList<string> Options => _options;

    /// <summary>What is for the command, by name.</summary>
    public IReadOnlyDictionary<string, string> Arguments => _arguments;

    /// <summary>Reads the program's arguments.</summary>
    /// <exception cref="CommandLineException">One of them cannot be meant.</exception>
    public static CommandLine Parse(params IReadOnlyList<string> args)
    {
        var word = args is [var first, ..] && !first.StartsWith('-') ? first : null;
        var line = new CommandLine(word is null ? null : Command.Find(word) ?? throw NoCommand(word));
        line.Take(new Queue<string>(args.Skip(word is null ? 0 : 1)));
        var missing = line.Command?.Arguments.FirstOrDefault(a => a.IsRequired && !line._arguments.ContainsKey(a.Name));
        return missing is null || line.AsksForHelp
            ? line
            : throw line.Wrong($"{line.Command!.Name} needs --{missing.Name} {missing.Value}: {missing.Meaning}.");
    }

    private static CommandLineException NoCommand(string word)
    {
        var known = string.Join(", ", Command.All.Select(command => command.Name));
        return new CommandLineException(null, $"There is no command '{word}'; there are {known}.");
    }

    private void Take(Queue<string> rest)
    {
        while (rest.TryDequeue(out var argument))
        {
            if (argument is "--help" or "-h")
                AsksForHelp = true;
            else if (argument.StartsWith("--", StringComparison.Ordinal) && argument.Length > 2)
                TakeOption(argument[2..], rest);
            else
                throw Wrong($"'{argument}' is not an option: options begin with two dashes.");
        }
    }

    private void TakeOption(string option, Queue<string> rest)
    {
        var name = option.Split('=')[0];
        var argument = Command?.Arguments.FirstOrDefault(a => a.Name == name);
        if (argument is null && !IsConfiguration(name))
            throw Wrong(Unknown(name));
        var value = ValueOf(option, name, rest);
        if (argument is null)
            _options.Add($"--{name}={value}");
        else
            _arguments[name] = Valid(argument, value);
    }

    private string ValueOf(string option, string name, Queue<string> rest)
    {
        if (option.Length > name.Length)
            return option[(name.Length + 1)..];
        return rest.TryPeek(out var next) && !next.StartsWith("--", StringComparison.Ordinal)
            ? rest.Dequeue()
            : throw Wrong($"--{name} needs a value, as in --{name}=VALUE.");
    }

    private string Valid(CommandArgument argument, string value)
    {
        if (!argument.IsValid(value))
            throw Wrong($"--{argument.Name} is '{value}', which cannot be meant: it is {argument.Meaning}.");
        return argument.IsPath ? Path.GetFullPath(value) : value;
    }

    private static bool IsConfiguration(string name) =>
        (IsOurs(name) && OptionNames.Has(name[OptionNames.Prefix.Length..]))
        || s_frameworkOptions.Contains(name, StringComparer.OrdinalIgnoreCase)
        || s_frameworkPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// Within the section, the nearest name is always told; without one, a name of which two letters in three are
    /// right.
    /// </summary>
    private static string Unknown(string name)
    {
        var bare = IsOurs(name) ? name[OptionNames.Prefix.Length..] : name;
        var nearest = OptionNames.Nearest(bare);
        return IsOurs(name) || OptionNames.Distance(nearest, bare) <= bare.Length / 3
            ? $"There is no option --{name}; is --{OptionNames.Prefix}{nearest} meant?"
            : $"There is no option --{name}.";
    }

    private static bool IsOurs(string name) => name.StartsWith(OptionNames.Prefix, StringComparison.OrdinalIgnoreCase);

    private CommandLineException Wrong(string sentence) => new(Command, sentence);
}
