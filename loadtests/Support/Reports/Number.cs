namespace OrleansIngest.LoadTests.Support.Reports;

/// <summary>A figure as people see it.</summary>
public static class Number
{
    /// <summary>Three digits are more than a median is worth.</summary>
    public static string Text(double? value) => value switch
    {
        null => "",
        >= 100 => $"{value:0}",
        >= 10 => $"{value:0.0}",
        _ => $"{value:0.00}",
    };
}
