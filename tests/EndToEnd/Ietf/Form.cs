using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;

namespace OrleansIngest.EndToEnd.Ietf;

/// <summary>
/// The requests of the IETF protocol in one of its forms, and the answers that they must get. Tests
/// change them into wrong ones.
/// </summary>
/// <param name="name">The draft's interop version, or <c>final</c>.</param>
internal sealed class Form(string name)
{
    public const string PartialUpload = "application/partial-upload";

    public static TheoryData<string> All => ["3", "4", "5", "6", "7", "8", "9", "10", "final"];

    /// <summary>What the phones in the field speak, and will.</summary>
    public static TheoryData<string> OfPhones => [.. Phones];

    /// <summary>As <see cref="OfPhones"/>.</summary>
    public static string[] Phones { get; } = ["3", "5", "6", "8", "final"];

    /// <summary>For tests of what all forms have in common.</summary>
    public static Form Final { get; } = new("final");

    /// <summary>The final form is newer than all drafts.</summary>
    public int Number { get; } = name == "final" ? int.MaxValue : int.Parse(name);

    /// <summary>What <c>Upload-Draft-Interop-Version</c> says; null: it is not there.</summary>
    public string? Version => name == "final" ? null : name;

    /// <summary>How a request or an answer says whether the upload is complete with it.</summary>
    public (string Name, string Value) Complete(bool isComplete) =>
        Number == 3 ? ("Upload-Incomplete", isComplete ? "?0" : "?1") : ("Upload-Complete", isComplete ? "?1" : "?0");

    /// <summary>Whether this form knows limits of an upload that is not complete.</summary>
    public bool HasLimit => Number >= 6;

    public HttpTest Create(string job, byte[] body, bool isLast) => new("POST", Upload.Url(job))
    {
        Headers = Headers(Complete(isLast)),
        Body = body,
        Status = 201,
        Expected = State(isLast, body.Length),
    };

    public HttpTest Append(string url, long offset, byte[] body, bool isLast)
    {
        var headers = Headers(Complete(isLast), ("Upload-Offset", offset.ToString()));
        if (Number >= 6)
            headers["Content-Type"] = PartialUpload;
        return new HttpTest("PATCH", url)
        {
            Headers = headers,
            Body = body,
            Status = isLast || Number <= 6 ? 201 : 204,
            Expected = State(isLast, offset + body.Length),
        };
    }

    public HttpTest Head(string url, long offset, bool isComplete, long? length) => new("HEAD", url)
    {
        Headers = Headers(),
        Status = 204,
        Expected =
            new(State(isComplete, offset)) { ["Upload-Length"] = length?.ToString(), ["Cache-Control"] = "no-store" },
    };

    public HttpTest Delete(string url) =>
        new("DELETE", url) { Headers = Headers(), Status = 204, Expected = { [Complete(true).Name] = null } };

    /// <summary>What every answer says of an upload.</summary>
    private Dictionary<string, string?> State(bool isComplete, long offset)
    {
        var (complete, value) = Complete(isComplete);
        return new()
        {
            [complete] = value,
            ["Upload-Offset"] = offset.ToString(),
            ["Upload-Draft-Interop-Version"] = Version,
            ["Tus-Resumable"] = null,
        };
    }

    private Dictionary<string, string> Headers(params IEnumerable<(string Name, string Value)> headers)
    {
        var all = headers.ToDictionary(header => header.Name, header => header.Value);
        if (Version is not null)
            all["Upload-Draft-Interop-Version"] = Version;
        return all;
    }
}

/// <summary>The limits in an answer.</summary>
internal static class Limits
{
    public static void MustBe(HttpAnswer answer, Form form, bool isOpen)
    {
        var age = form.Number == 6 ? "expires" : "max-age";
        var limits = (answer["Upload-Limit"] ?? "").Split(", ", StringSplitOptions.RemoveEmptyEntries)
            .Select(limit => limit.Split('=')).ToDictionary(l => l[0], l => long.Parse(l[1]));
        Assert.Equal(!form.HasLimit ? [] : isOpen ? ["max-size", age] : ["max-size"], limits.Keys);
        if (form.HasLimit)
            Assert.Equal(TusServer.MaxSize, limits["max-size"]);
        if (form.HasLimit && isOpen)
            Assert.InRange(limits[age], TimeSpan.FromDays(13.9).TotalSeconds, TimeSpan.FromDays(14).TotalSeconds);
    }
}
