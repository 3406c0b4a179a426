namespace OrleansIngest.LoadTests.Support.Reports;

/// <summary>What we want to be true, and whether it is.</summary>
/// <param name="What">What is measured, or compared with what.</param>
/// <param name="Bound">What it is to reach.</param>
/// <param name="AtLeast">Whether more is better.</param>
/// <param name="Measured">What it is; null if it was not measured.</param>
/// <param name="Unit">Of both; a ratio has none.</param>
public sealed record Goal(string What, double Bound, bool AtLeast, double? Measured, string Unit = "")
{
    /// <summary>The head of a table of goals.</summary>
    public static readonly string[] Head = ["goal", "wanted", "measured", ""];

    /// <summary>Whether it was measured, and is not true.</summary>
    public bool IsMissed => AtLeast ? Measured < Bound : Measured > Bound;

    /// <summary>The bound, for people.</summary>
    public string Wanted => $"{(AtLeast ? ">=" : "<=")} {Number.Text(Bound)} {Unit}".TrimEnd();

    /// <summary>In a word.</summary>
    public string Verdict => Measured is null ? "not measured" : IsMissed ? "missed" : "met";

    /// <summary>Its line in a table.</summary>
    public string[] Line => [What, Wanted, Number.Text(Measured), Verdict];
}
