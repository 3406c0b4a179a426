using System.Text;
using System.Text.Json;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>The answer to a request.</summary>
public sealed class HttpAnswer(HttpResponseMessage response, byte[] body)
{
    private readonly Dictionary<string, string> _headers = response.Headers.NonValidated
        .Concat(response.Content.Headers.NonValidated)
        .ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);

    public int Status { get; } = (int)response.StatusCode;

    public byte[] Body { get; } = body;

    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The type of the problem, or null if the answer is not a problem.</summary>
    public string? ProblemType => Member("type");

    /// <summary>The value of a header, or null.</summary>
    public string? this[string name] => _headers.GetValueOrDefault(name);

    /// <summary>A member of the problem as text, or null.</summary>
    public string? Member(string name) =>
        IsProblem && JsonDocument.Parse(Body).RootElement.TryGetProperty(name, out var member)
            ? member.ToString()
            : null;

    /// <summary>
    /// Checks that an error names its kind and what to do, and that the answer does not reveal how
    /// the server is made.
    /// </summary>
    public void MustBeCivil(string method)
    {
        Assert.DoesNotContain("   at ", Text);
        if (Status < 400 || method == "HEAD")
            return;
        Assert.True(IsProblem, $"An error without a reason: {this}");
        Assert.Equal(Status.ToString(), Member("status"));
        Assert.All(
            new[] { "type", "title", "detail" },
            member => Assert.False(string.IsNullOrWhiteSpace(Member(member)), $"no {member}: {this}"));
        if (Status is 423 or 429 or 503 or 507)
            Assert.True(
                int.TryParse(this["Retry-After"], out var seconds) && seconds > 0, $"When to come again? {this}");
    }

    public override string ToString() =>
        $"{Status} {string.Join("; ", _headers.Select(h => $"{h.Key}: {h.Value}"))} "
        + (IsText ? Text : $"({Body.Length} bytes)");

    private bool IsProblem =>
        this["Content-Type"]?.StartsWith("application/problem+json", StringComparison.Ordinal) == true;

    private bool IsText => IsProblem || Body.Length < 200;
}
