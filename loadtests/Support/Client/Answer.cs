using System.Text;

namespace OrleansIngest.LoadTests.Support.Client;

/// <summary>An HTTP answer, parsed as far as the load tests need it.</summary>
public sealed class Answer
{
    private const string HeadEnd = "\r\n\r\n";
    private const string ChunkedEnd = "0\r\n\r\n";

    private readonly string _text;
    private readonly int _headLength;

    private Answer(string text, int headLength) => (_text, _headLength) = (text, headLength);

    /// <summary>The status code.</summary>
    public int Status => int.Parse(_text.AsSpan("HTTP/1.1 ".Length, 3));

    /// <summary>The path of the created upload, with or without the server's address.</summary>
    public string Location => Header("Location");

    private bool IsWhole =>
        Status == 204 || (long.TryParse(Header("Content-Length"), out var length)
            ? _text.Length - _headLength >= length
            : _text.EndsWith(ChunkedEnd, StringComparison.Ordinal));

    /// <summary>Parses the received bytes; null if the answer is not complete.</summary>
    public static Answer? Read(ReadOnlySpan<byte> received)
    {
        var text = Encoding.Latin1.GetString(received);
        var head = text.IndexOf(HeadEnd, StringComparison.Ordinal);
        return head >= 0 && new Answer(text, head + HeadEnd.Length) is { IsWhole: true } answer ? answer : null;
    }

    /// <summary>Checks the status.</summary>
    public Answer Must(int status) =>
        Status == status ? this : throw new InvalidDataException($"Not {status}: {_text}");

    /// <summary>Like <see cref="Must(int)"/>; also checks the offset.</summary>
    public Answer Must(int status, long offset) =>
        Must(status).Header("Upload-Offset") == offset.ToString()
            ? this
            : throw new InvalidDataException($"Not at {offset}: {_text}");

    private string Header(string name)
    {
        var found = _text.AsSpan(0, _headLength).IndexOf($"\r\n{name}:", StringComparison.OrdinalIgnoreCase);
        if (found < 0)
            return "";
        var value = _text.AsSpan(found + name.Length + 3);
        return value[..value.IndexOf('\r')].Trim().ToString();
    }
}
