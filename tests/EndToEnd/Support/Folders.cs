namespace OrleansIngest.EndToEnd.Support;

/// <summary>Data folders on the disk.</summary>
internal static class Folders
{
    /// <summary>Copies a folder with its permissions, times and holes.</summary>
    public static async Task Copy(string from, string to)
    {
        await using var copy = new ChildProcess("cp", ["-a", "--sparse=always", from, to], Path.GetTempPath());
        var code = await Eventually.Comes($"copy of {from}", copy.Ended);
        Assert.True(code == 0, copy.Errors);
    }
}
