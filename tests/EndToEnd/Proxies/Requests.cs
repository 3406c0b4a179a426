using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Proxies;

/// <summary>Requests of clients that know the server by a path of a proxy.</summary>
internal static class Requests
{
    /// <summary>The same request below a path, with its expected answer.</summary>
    public static HttpTest Below(this HttpTest request, string prefix)
    {
        var expected = new Dictionary<string, string?>(request.Expected);
        if (expected.GetValueOrDefault("Location") is { } location)
            expected["Location"] = prefix + location;
        return request with { Path = prefix + request.Path, Expected = expected };
    }
}
