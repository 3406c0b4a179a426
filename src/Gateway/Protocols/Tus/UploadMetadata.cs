using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Model;

namespace OrleansIngest.Gateway.Protocols.Tus;

/// <summary>
/// tus <c>Upload-Metadata</c>: <c>key[ base64]</c> separated by commas, keys unique and not empty. Keys that this server
/// does not know are kept and echoed, and mean nothing to it.
/// </summary>
internal sealed partial class UploadMetadata
{
    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly SearchValues<char> s_printable =
        SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c)]);

    private readonly Dictionary<string, string> _values;

    private UploadMetadata(string raw, Dictionary<string, string> values) => (Raw, _values) = (raw, values);

    /// <summary>The header as it came.</summary>
    public string Raw { get; }

    /// <summary>The job, for clients with one fixed URL.</summary>
    public string Job => Parse.Job(_values.GetValueOrDefault("job", UploadRequests.DefaultJob));

    /// <summary>The media's UUID: the device's, or a new one if it gave none.</summary>
    public Guid Media => _values.TryGetValue("media", out var id) ? Parse.Media(id) : Guid.CreateVersion7();

    /// <summary>Key of the device, or empty.</summary>
    public string Device => Parse.Device(_values.GetValueOrDefault("device"));

    /// <summary>The SHA-256 that the device promises, if it does.</summary>
    public Sha256Hash? Sha256 => !_values.TryGetValue("sha256", out var hex) ? null
        : Sha256Hash.TryParse(hex, out var hash) && hex == hash.ToString() ? hash
        : throw Invalid("`sha256` is 64 lower-case hexadecimal digits");

    /// <summary>What the device says about the media.</summary>
    public MediaDescription Description => new()
    {
        Filename = Text("filename", Parse.MaxFilename) is { Length: > 0 } filename ? filename : Text("name", Parse.MaxFilename),
        DeclaredType = Text("filetype") is { Length: > 0 } type ? type : Text("type"),
        Section = Text("section"),
        Session = Text("session"),
        CapturedAt = Text("capturedAt") is var at && (at.Length == 0 || Iso8601().IsMatch(at))
            ? at
            : throw Invalid("`capturedAt` is a time in ISO 8601, such as 2026-11-21T09:30:00+01:00"),
        Kind = Text("kind"),
        Source = Text("source"),
    };

    /// <summary>Reads the header; an absent one is empty.</summary>
    /// <param name="headers">Of the request.</param>
    /// <param name="max">Longest header, in bytes.</param>
    /// <exception cref="ProblemException">It is malformed, or too long.</exception>
    public static UploadMetadata Read(IHeaderDictionary headers, long max)
    {
        var raw = headers[TusHeaders.UploadMetadata].ToString();
        if (Encoding.UTF8.GetByteCount(raw) > max)
            throw new ProblemException(ProblemKind.MetadataTooLong, $"Upload-Metadata may have {max} bytes.").With("maxMetadata", max);
        if (raw.AsSpan().ContainsAnyExcept(s_printable))
            throw Invalid("everything is printable ASCII: values are Base64");
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (raw.AsSpan().Trim().IsEmpty)
            return new UploadMetadata(raw, values);
        foreach (var pair in raw.AsSpan().Split(','))
        {
            var (key, value) = Pair(raw.AsSpan(pair).Trim());
            if (!values.TryAdd(key, value))
                throw Invalid($"the key `{key}` is there twice");
        }
        return new UploadMetadata(raw, values);
    }

    private static (string Key, string Value) Pair(ReadOnlySpan<char> pair)
    {
        var space = pair.IndexOf(' ');
        var key = (space < 0 ? pair : pair[..space]).ToString();
        if (key.Length == 0)
            throw Invalid("a key is empty");
        return (key, space < 0 ? "" : Decode(key, pair[(space + 1)..].Trim()));
    }

    private static string Decode(string key, ReadOnlySpan<char> base64)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(base64.Length);
        try
        {
            return Convert.TryFromBase64Chars(base64, bytes, out var length)
                ? s_strictUtf8.GetString(bytes, 0, length)
                : throw Invalid($"the value of `{key}` is not Base64");
        }
        catch (DecoderFallbackException)
        {
            throw Invalid($"the value of `{key}` is not UTF-8");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private string Text(string key, int max = Parse.MaxText) =>
        Parse.Text(key, _values.GetValueOrDefault(key, ""), max, ProblemKind.InvalidMetadata);

    private static ProblemException Invalid(string what) =>
        new(ProblemKind.InvalidMetadata, $"In Upload-Metadata, {what}.");

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex Iso8601();
}
