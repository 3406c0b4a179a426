using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Model;

namespace OrleansIngest.Gateway.Protocols.Tus;

/// <summary>
/// tus <c>Upload-Metadata</c>: <c>key[ base64]</c> separated by commas. Keys are unique and not
/// empty. The server stores unknown keys and returns them in the response to HEAD.
/// </summary>
internal sealed partial class UploadMetadata
{
    private static readonly UTF8Encoding s_strictUtf8 =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly SearchValues<char> s_printable =
        SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c)]);

    // Nearly all keys are these, so their texts need not be made for each request.
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> s_known =
        new HashSet<string>(StringComparer.Ordinal)
        {
            "job", "media", "device", "sha256", "filename", "name", "filetype", "type", "section", "session",
            "capturedAt", "kind", "source",
        }.GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly Dictionary<string, string> _values;

    private UploadMetadata(string raw, Dictionary<string, string> values) => (Raw, _values) = (raw, values);

    /// <summary>The header as the client sent it.</summary>
    public string Raw { get; }

    /// <summary>
    /// The job, for clients that know only one fixed URL; <see cref="UploadRequests.DefaultJob"/>
    /// if the metadata names none.
    /// </summary>
    public string Job => Parse.Job(_values.GetValueOrDefault("job", UploadRequests.DefaultJob));

    /// <summary>The UUID of the media; a new one if the metadata has none.</summary>
    public Guid Media => _values.TryGetValue("media", out var id) ? Parse.Media(id) : Guid.CreateVersion7();

    /// <summary>The key of the device; empty if the metadata has none.</summary>
    public string Device => Parse.Device(_values.GetValueOrDefault("device"));

    /// <summary>The SHA-256 that the file must have; null if the metadata has none.</summary>
    public Sha256Hash? Sha256 => !_values.TryGetValue("sha256", out var hex) ? null
        : Sha256Hash.TryParse(hex, out var hash) && hex == hash.ToString() ? hash
        : throw Invalid("`sha256` is 64 lower-case hexadecimal digits");

    /// <summary>
    /// The description of the media. The file name and the type have two keys each, because tus
    /// clients do not agree on one.
    /// </summary>
    public MediaDescription Description => new()
    {
        Filename = Text("filename", Parse.MaxFilename) is { Length: > 0 } filename
            ? filename
            : Text("name", Parse.MaxFilename),
        DeclaredType = Text("filetype") is { Length: > 0 } type ? type : Text("type"),
        Section = Text("section"),
        Session = Text("session"),
        CapturedAt = Text("capturedAt") is var at && (at.Length == 0 || Iso8601().IsMatch(at))
            ? at
            : throw Invalid("`capturedAt` is a time in ISO 8601, such as 2026-11-21T09:30:00+01:00"),
        Kind = Text("kind"),
        Source = Text("source"),
    };

    /// <summary>Reads the header. A missing header counts as empty.</summary>
    /// <param name="headers">The headers of the request.</param>
    /// <param name="max">The maximum length of the header in bytes.</param>
    /// <exception cref="ProblemException">The header is malformed or too long.</exception>
    public static UploadMetadata Read(IHeaderDictionary headers, long max)
    {
        var raw = headers[TusHeaders.UploadMetadata].ToString();
        if (Encoding.UTF8.GetByteCount(raw) > max)
        {
            throw new ProblemException(ProblemKind.MetadataTooLong, $"Upload-Metadata may have {max} bytes.")
                .With("maxMetadata", max);
        }
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
        var key = Key(space < 0 ? pair : pair[..space]);
        if (key.Length == 0)
            throw Invalid("a key is empty");
        return (key, space < 0 ? "" : Decode(key, pair[(space + 1)..].Trim()));
    }

    private static string Key(ReadOnlySpan<char> key) =>
        s_known.TryGetValue(key, out var known) ? known : key.ToString();

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

    [GeneratedRegex(
        @"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 100)]
    private static partial Regex Iso8601();
}
