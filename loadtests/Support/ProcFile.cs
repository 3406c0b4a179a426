namespace OrleansIngest.LoadTests.Support;

/// <summary>Files of <c>/proc</c> with lines such as <c>VmRSS:     1234 kB</c>.</summary>
internal static class ProcFile
{
    /// <summary>The value of a line; empty if there is no such line.</summary>
    public static string Value(string file, string name) =>
        File.ReadLines(file)
            .Select(line => line.Split(':', 2))
            .FirstOrDefault(parts => parts[0] == name)?[1].Trim() ?? "";

    /// <summary>The value of a line in kB, as bytes; 0 if there is no such line.</summary>
    public static long Bytes(string file, string name) =>
        long.TryParse(Value(file, name).Split(' ')[0], out var kilobytes) ? kilobytes * 1024 : 0;
}
