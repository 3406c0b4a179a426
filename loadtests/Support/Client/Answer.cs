using System.Text;

namespace OrleansIngest.LoadTests.Support.Client;

/// <summary>An HTTP answer, as little of it as must be understood.</summary>
public sealed class Answer
{
    private const string HeadEnd = "\r\n\r\n";
    private const string ChunkedEnd = "0\r\n\r\n";

    private readonly string _text;
    private readonly int _headLength;

    private Answer(string text, int headLength) => (_text, _headLength) = (text, headLength);

    /// <summary>Its code.</summary>
    public int Status => int.Parse(_text.AsSpan("HTTP/1.1 ".Length, 3));

    /// <summary>The path to what was created, with or without the server's address before it.</summary>
    public string Location => Header("Location");

    private bool IsWhole =>
        Status == 204 || (long.TryParse(Header("Content-Length"), out var length)
            ? _text.Length - _headLength >= length
            : _text.EndsWith(ChunkedEnd, StringComparison.Ordinal));

    /// <summary>What was received, as an answer; null if it is not yet one.</summary>
    public static Answer? Read(ReadOnlySpan<byte> received)
    {
        var text = Encoding.Latin1.GetString(received);
        var head = text.IndexOf(HeadEnd, StringComparison.Ordinal);
        return head >= 0 && new Answer(text, head + HeadEnd.Length) is { IsWhole: true } answer ? answer : null;
    }

    /// <summary>Sees to it that this is what a server says that did its work.</summary>
    public Answer Must(int status) => Status == status ? this : throw new InvalidDataException($"Not {status}: {_text}");

    /// <summary>As <see cref="Must(int)"/>, and that it has so many bytes.</summary>
    public Answer Must(int status, long offset) =>
        Must(status).Header("Upload-Offset") == offset.ToString() ? this : throw new InvalidDataException($"Not at {offset}: {_text}");

    private string Header(string name)
    {
        var found = _text.AsSpan(0, _headLength).IndexOf($"\r\n{name}:", StringComparison.OrdinalIgnoreCase);
        if (found < 0)
            return "";
        var value = _text.AsSpan(found + name.Length + 3);
        return value[..value.IndexOf('\r')].Trim().ToString();
    }
}
