using Microsoft.Net.Http.Headers;

namespace OrleansIngest.Gateway.Downloads;

/// <summary>Which <c>Range</c> headers count (RFC 9110, section 14.2). Others are ignored.</summary>
internal static class MediaRange
{
    private const string Bytes = "bytes";

    /// <summary>
    /// Removes a <c>Range</c> that must be ignored, because the framework would obey it: with another method than GET,
    /// in a unit that is not known, or with an <c>If-Range</c> that is not about these very bytes. The framework itself
    /// ignores several ranges in one request.
    /// </summary>
    /// <param name="request">A request for a media.</param>
    /// <param name="entityTag">The media's strong validator.</param>
    /// <param name="lastModified">When it changed; HTTP knows whole seconds.</param>
    public static void Prepare(HttpRequest request, EntityTagHeaderValue entityTag, DateTimeOffset lastModified)
    {
        var headers = request.Headers;
        if (headers.Range.Count > 0 && !Counts(request, entityTag, lastModified))
            headers.Remove(HeaderNames.Range);
    }

    private static bool Counts(HttpRequest request, EntityTagHeaderValue entityTag, DateTimeOffset lastModified) =>
        HttpMethods.IsGet(request.Method)
        && RangeHeaderValue.TryParse(request.Headers.Range.ToString(), out var range)
        && range.Unit.Equals(Bytes, StringComparison.OrdinalIgnoreCase)
        && (request.Headers.IfRange.Count == 0 || IsMet(request.Headers.IfRange.ToString(), entityTag, lastModified));

    /// <summary>
    /// A tag is compared strongly, and a date exactly: a later one does not prove that nothing changed
    /// (section 13.1.5).
    /// </summary>
    private static bool IsMet(string ifRange, EntityTagHeaderValue entityTag, DateTimeOffset lastModified) =>
        RangeConditionHeaderValue.TryParse(ifRange, out var condition)
        && (condition.EntityTag is { } tag
            ? tag.Compare(entityTag, useStrongComparison: true)
            : condition.LastModified?.ToUnixTimeSeconds() == lastModified.ToUnixTimeSeconds());
}
