namespace OrleansIngest.EndToEnd.Storm;

/// <summary>How one end of a connection learns that the other end is gone.</summary>
internal enum Ending
{
    /// <summary>FIN.</summary>
    Closed,

    /// <summary>RST.</summary>
    Reset,

    /// <summary>It hears nothing for a while, like the peer of a phone in a tunnel.</summary>
    Silent,
}

/// <summary>What a bad network does to a connection, drawn before its first byte.</summary>
/// <param name="Up">The number of bytes to the server after which it breaks.</param>
/// <param name="Down">The number of bytes to the client after which it breaks.</param>
/// <param name="Dribbles">The number of bytes that pass late and in small pieces.</param>
/// <param name="Client">How the client learns that the connection broke.</param>
/// <param name="Server">How the server learns that the connection broke.</param>
internal sealed record Fate(long Up, long Down, long Dribbles, Ending Client, Ending Server)
{
    private const long Never = long.MaxValue;
    private const int Body = 4 << 20;
    private const int Answers = 4 << 10;

    /// <summary>A connection without any disturbance.</summary>
    public static Fate Good { get; } = new(Never, Never, 0, Ending.Closed, Ending.Closed);

    /// <summary>Draws a fate. More than half of the connections do not break.</summary>
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

    /// <summary>
    /// Draws a fate for a browser, which learns of a break by a reset. Over cleartext, Chromium
    /// takes the head of an answer that ends with the connection for a whole one, half a Location
    /// included. Over TLS it does not.
    /// </summary>
    public static Fate DrawForBrowser(Random dice) => Draw(dice) with { Client = Ending.Reset };

    /// <summary>A connection that does not break, but is late and in pieces.</summary>
    public static Fate DrawWhole(Random dice) => Good with { Dribbles = AnySize(dice, Body) };

    /// <summary>
    /// A number of bytes. A few bytes are as likely as a few thousand or a million, so that heads,
    /// bodies and their borders are all hit.
    /// </summary>
    private static long AnySize(Random dice, int limit) => (long)Math.Exp(dice.NextDouble() * Math.Log(limit));

    private static Ending AnyEnding(Random dice) => (Ending)dice.Next(3);
}
