using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using OrleansIngest.Gateway.Probes;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// Limits the requests per second of each client address with a token bucket; a burst may use one
/// second's requests at once. The limiter drops the bucket of an address that has sent nothing for
/// some seconds, so idle addresses cost no memory. The limit is local: each process counts its own
/// requests.
/// </summary>
internal sealed class RequestRate : IDisposable
{
    private readonly int _perSecond;
    private readonly PartitionedRateLimiter<IPAddress> _limiter;

    private RequestRate(int perSecond)
    {
        _perSecond = perSecond;
        _limiter = PartitionedRateLimiter.Create<IPAddress, IPAddress>(
            address => RateLimitPartition.GetTokenBucketLimiter(address, _ => new()
            {
                TokenLimit = perSecond,
                TokensPerPeriod = 1,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1) / perSecond,
            }));
    }

    /// <summary>
    /// Adds the limit to the pipeline, if one is configured. It must come before the endpoints, and
    /// after CORS so that a web page can read the refusal.
    /// </summary>
    public static void Use(WebApplication app, IngestOptions options)
    {
        if (options.MaxRequestsPerSecond == 0)
            return;
        var rate = new RequestRate(options.MaxRequestsPerSecond);
        app.Lifetime.ApplicationStopped.Register(rate.Dispose);
        app.Use(rate.Guard);
    }

    /// <summary>
    /// The key under which the requests of an address are counted. For IPv6 it is the /64 prefix: a
    /// client usually has a whole /64, so it could take a new address for each request.
    /// </summary>
    public static IPAddress Caller(IPAddress? address)
    {
        if (address is not { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false })
            return address ?? IPAddress.None;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    /// <inheritdoc/>
    public void Dispose() => _limiter.Dispose();

    private Task Guard(HttpContext context, RequestDelegate next)
    {
        if (!Health.IsAsked(context.Request))
            Acquire(Caller(context.Connection.RemoteIpAddress));
        return next(context);
    }

    private void Acquire(IPAddress caller)
    {
        using var lease = _limiter.AttemptAcquire(caller);
        if (lease.IsAcquired)
            return;
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var time) ? time : TimeSpan.Zero;
        var seconds = (int)Math.Max(1, Math.Ceiling(wait.TotalSeconds)); // Retry-After has whole seconds
        throw new ProblemException(
                ProblemKind.TooManyRequests, "Too many requests come from this address; send fewer at a time.")
            .With("maxRequestsPerSecond", _perSecond).RetryAfter(seconds);
    }
}
