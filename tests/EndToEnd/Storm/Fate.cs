namespace OrleansIngest.EndToEnd.Storm;

/// <summary>How one end of a connection learns that the other one is gone.</summary>
internal enum Ending
{
    /// <summary>FIN.</summary>
    Closed,

    /// <summary>RST.</summary>
    Reset,

    /// <summary>For a while it hears nothing, like a phone's peer when the phone is in a tunnel.</summary>
    Silent,
}

/// <summary>What a bad network does to a connection, drawn before its first byte.</summary>
/// <param name="Up">It breaks after so many bytes to the server.</param>
/// <param name="Down">It breaks after so many bytes to the client.</param>
/// <param name="Dribbles">So many bytes pass in small pieces and late.</param>
/// <param name="Client">How the client learns that it broke.</param>
/// <param name="Server">How the server learns it.</param>
internal sealed record Fate(long Up, long Down, long Dribbles, Ending Client, Ending Server)
{
    private const long Never = long.MaxValue;
    private const int Body = 4 << 20;
    private const int Answers = 4 << 10;

    /// <summary>Nothing bad happens.</summary>
    public static Fate Good { get; } = new(Never, Never, 0, Ending.Closed, Ending.Closed);

    /// <summary>More than half of the connections do not break.</summary>
    public static Fate Draw(Random dice)
    {
        var fate = Good with
        {
            Dribbles = dice.Next(4) == 0 ? AnySize(dice, Body) : 0,
            Client = AnyEnding(dice),
            Server = AnyEnding(dice),
        };
        return dice.Next(10) switch
        {
            < 2 => fate with { Up = AnySize(dice, Body) },
            < 4 => fate with { Down = AnySize(dice, Answers) },
            _ => fate,
        };
    }

    /// <summary>It does not break, but is late and in pieces.</summary>
    public static Fate DrawWhole(Random dice) => Good with { Dribbles = AnySize(dice, Body) };

    /// <summary>As often a few bytes as a few thousand or a million: heads, bodies and their seams are all hit.</summary>
    private static long AnySize(Random dice, int limit) => (long)Math.Exp(dice.NextDouble() * Math.Log(limit));

    private static Ending AnyEnding(Random dice) => (Ending)dice.Next(3);
}
