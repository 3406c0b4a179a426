namespace OrleansIngest.Gateway.Feed;

/// <summary>Answers that go on while something happens: server-sent events, streams over gRPC and gRPC-Web.</summary>
internal static class LiveAnswer
{
    /// <summary>
    /// Says, before the answer begins, that no proxy may gather it. nginx holds back what does not fill its buffer, the
    /// answer's headers included; other proxies know this header too.
    /// </summary>
    public static void MustNotWait(HttpResponse response) => response.Headers["X-Accel-Buffering"] = "no";
}
