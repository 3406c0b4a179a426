namespace OrleansIngest.Silo;

/// <summary>
/// Where 104 (Upload Resumption Supported) is sent. Some proxies fail on a request that gets a 104,
/// and cannot be detected (docs/proxies.md).
/// </summary>
public enum InterimMode
{
    /// <summary>
    /// On connections whose TLS this server terminates: no proxy before it can read the request.
    /// </summary>
    Auto,

    /// <summary>
    /// On all connections. Every proxy before the server must forward 1xx responses.
    /// </summary>
    On,

    /// <summary>On no connection.</summary>
    Off,
}
