namespace OrleansIngest.LoadTests.Support.Reports;

/// <summary>What a program that measures has to say.</summary>
/// <param name="Name">The name of its files, and of their folder in <c>artifacts/</c>.</param>
/// <param name="Goals">What we want to be true.</param>
/// <param name="Html">All of it for people.</param>
/// <param name="Json">All of it for programs, with every round.</param>
public sealed record MeasuredReport(string Name, IReadOnlyList<Goal> Goals, string Html, string Json)
{
    /// <summary>Writes its files, and says where they are.</summary>
    public async Task Write()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Paths.Artifacts, Name)).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, $"{Name}.json"), Json);
        await File.WriteAllTextAsync(Path.Combine(folder, $"{Name}.html"), Html);
        Console.WriteLine($"{folder}/{Name}.html shows it, {Name}.json has every round.");
    }
}
