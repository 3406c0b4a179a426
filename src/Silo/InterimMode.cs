namespace OrleansIngest.Silo;

/// <summary>
/// Where 104 (Upload Resumption Supported) is sent. Some proxies break a request of which they get one, and do not say
/// that they are there (docs/proxies.md).
/// </summary>
public enum InterimMode
{
    /// <summary>On connections whose TLS ends here: before them is no proxy that reads the requests.</summary>
    Auto,

    /// <summary>Everywhere: whatever is before the server passes 1xx answers on.</summary>
    On,

    /// <summary>Nowhere.</summary>
    Off,
}
