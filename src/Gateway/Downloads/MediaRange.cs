using Microsoft.Net.Http.Headers;

namespace OrleansIngest.Gateway.Downloads;

/// <summary>
/// Decides whether a <c>Range</c> header applies (RFC 9110, section 14.2). Otherwise the
/// header is ignored.
/// </summary>
internal static class MediaRange
{
    private const string Bytes = "bytes";

    /// <summary>
    /// Removes a <c>Range</c> header that RFC 9110 requires a server to ignore but ASP.NET Core
    /// would apply: with a method other than GET, in an unknown unit, or with an <c>If-Range</c>
    /// that does not match the media. ASP.NET Core itself ignores a request for several ranges.
    /// </summary>
    /// <param name="request">The request for a media.</param>
    /// <param name="entityTag">The strong validator of the media.</param>
    /// <param name="lastModified">When the media changed. HTTP dates have whole seconds.</param>
    public static void Prepare(HttpRequest request, EntityTagHeaderValue entityTag, DateTimeOffset lastModified)
    {
        var headers = request.Headers;
        if (headers.Range.Count > 0 && !Applies(request, entityTag, lastModified))
            headers.Remove(HeaderNames.Range);
    }

    private static bool Applies(HttpRequest request, EntityTagHeaderValue entityTag, DateTimeOffset lastModified) =>
        HttpMethods.IsGet(request.Method)
        && RangeHeaderValue.TryParse(request.Headers.Range.ToString(), out var range)
        && range.Unit.Equals(Bytes, StringComparison.OrdinalIgnoreCase)
        && (request.Headers.IfRange.Count == 0 || IsMet(request.Headers.IfRange.ToString(), entityTag, lastModified));

    /// <summary>
    /// Whether <c>If-Range</c> matches. An entity tag is compared strongly, and a date exactly: a
    /// later date does not prove that nothing changed (RFC 9110, section 13.1.5).
    /// </summary>
    private static bool IsMet(string ifRange, EntityTagHeaderValue entityTag, DateTimeOffset lastModified) =>
        RangeConditionHeaderValue.TryParse(ifRange, out var condition)
        && (condition.EntityTag is { } tag
            ? tag.Compare(entityTag, useStrongComparison: true)
            : condition.LastModified?.ToUnixTimeSeconds() == lastModified.ToUnixTimeSeconds());
}
