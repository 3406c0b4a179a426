namespace OrleansIngest.LoadTests.Support.Reports;

/// <summary>The report of a measuring program.</summary>
/// <param name="Name">The name of its files, and of their folder in <c>artifacts/</c>.</param>
/// <param name="Goals">The goals.</param>
/// <param name="Html">The report as HTML.</param>
/// <param name="Json">The report as JSON, with every round.</param>
public sealed record MeasuredReport(string Name, IReadOnlyList<Goal> Goals, string Html, string Json)
{
    /// <summary>Writes the files, and prints their paths.</summary>
    public async Task Write()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Paths.Artifacts, Name)).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, $"{Name}.json"), Json);
        await File.WriteAllTextAsync(Path.Combine(folder, $"{Name}.html"), Html);
        Console.WriteLine($"{folder}/{Name}.html shows it, {Name}.json has every round.");
    }
}
