using System.Globalization;
using OrleansIngest.LoadTests.Support;

namespace OrleansIngest.LoadTests.Scenarios.Bench;

/// <summary>The command line is wrong.</summary>
/// <param name="message">The reason.</param>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>
/// The command line: names of load tests, and <c>--name value</c>. Each option has its default
/// where the code reads it.
/// </summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> _given = [];
    private readonly Dictionary<string, string> _asked = [];
    private readonly List<string> _names = [];

    /// <summary>Parses the command line.</summary>
    public Options(string[] arguments)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal))
                _names.Add(arguments[i]);
            else if (i + 1 == arguments.Length)
                throw new UsageException($"{arguments[i]} needs a value.");
            else
                _given[arguments[i][2..]] = arguments[++i];
        }
        Durability = Word("durability", "Disk");
        (Server, Grpc) = (Word("server"), Word("grpc"));
        ReportFolder = Word("report", Path.Combine(Paths.Artifacts, "loadtests"));
    }

    /// <summary>The load tests to run.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The durability of a server that the load test starts.</summary>
    public string Durability { get; }

    /// <summary>The address of a running server, for HTTP/1.1; empty to start one.</summary>
    public string Server { get; }

    /// <summary>The address of that server for gRPC; empty if it is the next port.</summary>
    public string Grpc { get; }

    /// <summary>The folder for the reports.</summary>
    public string ReportFolder { get; }

    /// <summary>Reads a word; empty if the option was not given.</summary>
    public string Word(string name, string otherwise = "") => _asked[name] = _given.GetValueOrDefault(name, otherwise);

    /// <summary>Reads a whole number.</summary>
    public int Int(string name, int otherwise) =>
        int.TryParse(Word(name, $"{otherwise}"), out var value) && value >= 0
            ? value
            : throw Wrong(name, "a whole number such as 20");

    /// <summary>Reads a number.</summary>
    public double Number(string name, double otherwise) =>
        double.TryParse(Word(name, $"{otherwise}"), CultureInfo.InvariantCulture, out var value) && value >= 0
            ? value
            : throw Wrong(name, "a number such as 0.5");

    /// <summary>Reads a size in bytes.</summary>
    public long Size(string name, string otherwise) =>
        Scaled(name, otherwise, ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30));

    /// <summary>Reads a duration.</summary>
    public TimeSpan Duration(string name, string otherwise) =>
        TimeSpan.FromSeconds(Scaled(name, otherwise, ("s", 1), ("m", 60), ("h", 3600)));

    /// <summary>All options that were read so far and affect the measurement.</summary>
    public override string ToString() =>
        string.Join(
            ' ',
            _asked.Where(option => option.Value.Length > 0 && option.Key != "report")
                .Select(option => $"--{option.Key} {option.Value}"));

    /// <summary>Options that were given but never read.</summary>
    public IEnumerable<string> Unknown => _given.Keys.Except(_asked.Keys);

    private long Scaled(string name, string otherwise, params (string Name, long Size)[] units)
    {
        var text = Word(name, otherwise);
        var unit = units.FirstOrDefault(u => text.EndsWith(u.Name, StringComparison.Ordinal));
        return unit.Size > 0 && long.TryParse(text[..^unit.Name.Length], out var count) && count >= 0
            ? count * unit.Size
            : throw Wrong(
                name, $"a whole number and one of {string.Join(", ", units.Select(u => u.Name))}, such as {otherwise}");
    }

    private UsageException Wrong(string name, string form) => new($"--{name} is {form}, and not '{_asked[name]}'.");
}
