using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// So many requests a second from one address, with a second's worth at once. An address costs memory only while requests come
/// from it: the limiter forgets those that have been quiet for some seconds.
/// </summary>
internal sealed class RequestRate : IDisposable
{
    private readonly int _perSecond;
    private readonly PartitionedRateLimiter<IPAddress> _limiter;

    private RequestRate(int perSecond)
    {
        _perSecond = perSecond;
        _limiter = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address => RateLimitPartition.GetTokenBucketLimiter(address, _ => new()
        {
            TokenLimit = perSecond,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1) / perSecond,
        }));
    }

    /// <summary>Before what does the work, and after what lets web pages read the answer. Without a limit nothing is added.</summary>
    public static void Use(WebApplication app, IngestOptions options)
    {
        if (options.MaxRequestsPerSecond == 0)
            return;
        var rate = new RequestRate(options.MaxRequestsPerSecond);
        app.Lifetime.ApplicationStopped.Register(rate.Dispose);
        app.Use(rate.Guard);
    }

    /// <summary>Whose requests are counted together: who has an IPv6 address has 2⁶⁴ of them.</summary>
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
            Count(Caller(context.Connection.RemoteIpAddress));
        return next(context);
    }

    private void Count(IPAddress caller)
    {
        using var lease = _limiter.AttemptAcquire(caller);
        if (lease.IsAcquired)
            return;
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var time) ? time : TimeSpan.Zero;
        throw new ProblemException(ProblemKind.TooManyRequests, "Too many requests come from this address; send fewer at a time.")
            .With("maxRequestsPerSecond", _perSecond).RetryAfter((int)Math.Max(1, Math.Ceiling(wait.TotalSeconds)));
    }
}
