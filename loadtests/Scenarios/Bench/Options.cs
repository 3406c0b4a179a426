using System.Globalization;
using OrleansIngest.LoadTests.Support;

namespace OrleansIngest.LoadTests.Scenarios.Bench;

/// <summary>The command line is not understood.</summary>
/// <param name="message">Why.</param>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>The command line: names of load tests, and <c>--name value</c>. An option's default is where it is asked for.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> _given = [];
    private readonly Dictionary<string, string> _asked = [];
    private readonly List<string> _names = [];

    /// <summary>Reads the command line.</summary>
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

    /// <summary>Which load tests to run.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Of a server that is started.</summary>
    public string Durability { get; }

    /// <summary>A server that is there already, for HTTP/1.1; empty if one is to be started.</summary>
    public string Server { get; }

    /// <summary>Its address for gRPC; empty if that is the next port.</summary>
    public string Grpc { get; }

    /// <summary>Where the reports go.</summary>
    public string ReportFolder { get; }

    /// <summary>A word; empty if there is none.</summary>
    public string Word(string name, string otherwise = "") => _asked[name] = _given.GetValueOrDefault(name, otherwise);

    /// <summary>A whole number.</summary>
    public int Int(string name, int otherwise) =>
        int.TryParse(Word(name, $"{otherwise}"), out var value) && value >= 0 ? value : throw Wrong(name, "a whole number such as 20");

    /// <summary>A number.</summary>
    public double Number(string name, double otherwise) =>
        double.TryParse(Word(name, $"{otherwise}"), CultureInfo.InvariantCulture, out var value) && value >= 0 ? value : throw Wrong(name, "a number such as 0.5");

    /// <summary>Bytes.</summary>
    public long Size(string name, string otherwise) => Scaled(name, otherwise, ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30));

    /// <summary>Time.</summary>
    public TimeSpan Duration(string name, string otherwise) => TimeSpan.FromSeconds(Scaled(name, otherwise, ("s", 1), ("m", 60), ("h", 3600)));

    /// <summary>All options that were asked for so far and change what is measured.</summary>
    public override string ToString() =>
        string.Join(' ', _asked.Where(option => option.Value.Length > 0 && option.Key != "report").Select(option => $"--{option.Key} {option.Value}"));

    /// <summary>Options that were given and not asked for.</summary>
    public IEnumerable<string> Unknown => _given.Keys.Except(_asked.Keys);

    private long Scaled(string name, string otherwise, params (string Name, long Size)[] units)
    {
        var text = Word(name, otherwise);
        var unit = units.FirstOrDefault(u => text.EndsWith(u.Name, StringComparison.Ordinal));
        return unit.Size > 0 && long.TryParse(text[..^unit.Name.Length], out var count) && count >= 0
            ? count * unit.Size
            : throw Wrong(name, $"a whole number and one of {string.Join(", ", units.Select(u => u.Name))}, such as {otherwise}");
    }

    private UsageException Wrong(string name, string form) => new($"--{name} is {form}, and not '{_asked[name]}'.");
}
