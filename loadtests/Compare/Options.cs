using OrleansIngest.LoadTests.Compare.Servers;
using OrleansIngest.LoadTests.Support;

namespace OrleansIngest.LoadTests.Compare;

/// <summary>The command line.</summary>
internal sealed record Options
{
    public const string Usage = """
        loadtests/compare [options]
          --rounds 7          rounds of each body; figures are medians over them
          --seconds 1.5       longest time of a round on one server
          --connections 16    how many upload at the same time, where the body does not say it
          --bodies 64k,1m,5m,5m-patch,256m,64k-64
          --peers ours-disk,ours-process,tus,nginx
          --strict            end with 1 if a goal is missed
          --quick             one short round of small bodies: only to see that it works
        """;

    public int Rounds { get; private init; } = 7;

    public TimeSpan RoundTime { get; private init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>
    /// Turns before the first measurement. .NET compiles code again, with more optimization, after
    /// some thousands of calls.
    /// </summary>
    public int WarmUpTurns { get; private init; } = 6;

    public int Connections { get; private init; } = 16;

    public IReadOnlyList<Workload> Bodies { get; private init; } = Workload.All;

    public IReadOnlyList<Peer> Peers { get; private init; } = Peer.All;

    public bool Strict { get; private init; }

    /// <summary>Parses the command line.</summary>
    /// <exception cref="FormatException">
    /// The command line does not match <see cref="Usage"/>.
    /// </exception>
    public static Options Parse(IEnumerable<string> arguments) =>
        Arguments.Read(arguments, new Options(), (options, name, value) => options.With(name, value));

    private Options With(string name, Func<string> value) => name switch
    {
        "--rounds" => this with { Rounds = AtLeastOne(value()) },
        "--seconds" => this with { RoundTime = Seconds(value()) },
        "--connections" => this with { Connections = AtLeastOne(value()) },
        "--bodies" => this with { Bodies = Arguments.Pick(value(), Workload.All, body => body.Key) },
        "--peers" => this with { Peers = Arguments.Pick(value(), Peer.All, peer => peer.Key) },
        "--strict" => this with { Strict = true },
        "--quick" => Quick(),
        _ => throw new FormatException($"{name} is not an option"),
    };

    private Options Quick() => this with
    {
        Rounds = 1,
        RoundTime = TimeSpan.FromSeconds(0.3),
        WarmUpTurns = 1,
        Bodies = [.. Workload.All.Where(body => body.Size <= 1_000_000)],
    };

    private static int AtLeastOne(string text) =>
        int.TryParse(text, out var number) && number > 0
            ? number
            : throw new FormatException($"{text} is not a number from 1 on");

    private static TimeSpan Seconds(string text) =>
        double.TryParse(text, out var seconds) && seconds is > 0 and < 3600
            ? TimeSpan.FromSeconds(seconds)
            : throw new FormatException($"{text} is not a number of seconds");
}
