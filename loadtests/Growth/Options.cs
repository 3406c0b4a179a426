using OrleansIngest.LoadTests.Support;

namespace OrleansIngest.LoadTests.Growth;

/// <summary>The command line.</summary>
internal sealed record Options
{
    public const string Usage = """
        loadtests/growth [options]
          --sections allocations,idle,active,large-job,hot-job,feed
          --strict    end with 1 if a goal is missed
          --quick     little of everything: only to see that it works
        """;

    public IReadOnlyList<Section> Sections { get; private init; } = Section.All;

    public Scale Scale { get; private init; } = Scale.Full;

    public bool Strict { get; private init; }

    /// <summary>Parses the command line.</summary>
    /// <exception cref="FormatException">
    /// The command line does not match <see cref="Usage"/>.
    /// </exception>
    public static Options Parse(IEnumerable<string> arguments) =>
        Arguments.Read(arguments, new Options(), (options, name, value) => options.With(name, value));

    private Options With(string name, Func<string> value) => name switch
    {
        "--sections" => this with { Sections = Arguments.Pick(value(), Section.All, section => section.Key) },
        "--strict" => this with { Strict = true },
        "--quick" => this with { Scale = Scale.Quick },
        _ => throw new FormatException($"{name} is not an option"),
    };
}
