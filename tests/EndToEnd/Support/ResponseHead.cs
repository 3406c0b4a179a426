namespace OrleansIngest.EndToEnd.Support;

/// <summary>
/// The status line and headers of an answer as they came. Also covers interim answers, which no
/// client library shows.
/// </summary>
/// <param name="text">The result of <see cref="RawConnection.ReadHead"/>.</param>
internal sealed class ResponseHead(string text)
{
    private readonly Dictionary<string, string> _headers = text
        .Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1)
        .Select(line => line.Split(": ", 2))
        .ToDictionary(header => header[0], header => header[1], StringComparer.OrdinalIgnoreCase);

    /// <summary>The status line, such as <c>HTTP/1.1 201 Created</c>.</summary>
    public string Line { get; } = text.Split("\r\n")[0];

    /// <summary>The status; 0 if the server closed the connection instead.</summary>
    public int Status => Line.Length == 0 ? 0 : int.Parse(Line.Split(' ')[1]);

    /// <summary>The value of a header, or null.</summary>
    public string? this[string name] => _headers.GetValueOrDefault(name);
}
