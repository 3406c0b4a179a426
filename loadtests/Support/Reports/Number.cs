namespace OrleansIngest.LoadTests.Support.Reports;

/// <summary>Formats figures.</summary>
public static class Number
{
    /// <summary>
    /// Rounds to at most three digits, because a median is not more exact than that.
    /// </summary>
    public static string Text(double? value) => value switch
    {
        null => "",
        >= 100 => $"{value:0}",
        >= 10 => $"{value:0.0}",
        _ => $"{value:0.00}",
    };
}
