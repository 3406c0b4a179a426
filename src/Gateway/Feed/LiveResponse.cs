namespace OrleansIngest.Gateway.Feed;

/// <summary>
/// Responses that go on while events happen: server-sent events, and gRPC and gRPC-Web streams.
/// </summary>
internal static class LiveResponse
{
    /// <summary>
    /// Tells reverse proxies not to buffer the response. Call it before the response starts. nginx,
    /// which introduced the header <c>X-Accel-Buffering</c>, otherwise holds back the headers and
    /// the body until its buffer is full.
    /// </summary>
    public static void DisableProxyBuffering(HttpResponse response) => response.Headers["X-Accel-Buffering"] = "no";
}
