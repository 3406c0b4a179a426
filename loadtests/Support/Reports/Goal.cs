namespace OrleansIngest.LoadTests.Support.Reports;

/// <summary>A goal, and whether it is met.</summary>
/// <param name="What">The measured figure, or comparison.</param>
/// <param name="Bound">The bound that the figure must reach.</param>
/// <param name="AtLeast">Whether the bound is a minimum.</param>
/// <param name="Measured">The measured value; null if it was not measured.</param>
/// <param name="Unit">The unit of bound and value; empty for a ratio.</param>
public sealed record Goal(string What, double Bound, bool AtLeast, double? Measured, string Unit = "")
{
    /// <summary>The head of a table of goals.</summary>
    public static readonly string[] Head = ["goal", "wanted", "measured", ""];

    /// <summary>Whether the value was measured and misses the bound.</summary>
    public bool IsMissed => AtLeast ? Measured < Bound : Measured > Bound;

    /// <summary>The bound as text.</summary>
    public string Wanted => $"{(AtLeast ? ">=" : "<=")} {Number.Text(Bound)} {Unit}".TrimEnd();

    /// <summary>The verdict in a word.</summary>
    public string Verdict => Measured is null ? "not measured" : IsMissed ? "missed" : "met";

    /// <summary>The goal as a line of the table.</summary>
    public string[] Line => [What, Wanted, Number.Text(Measured), Verdict];
}
