using System.Net;
using OrleansIngest.Gateway.Hosting;

namespace OrleansIngest.Unit.Tests.Gateway;

/// <summary>
/// Which addresses are counted as one client. For how many requests are
/// taken see the end-to-end tests.
/// </summary>
public sealed class RequestRateTests
{
    [Theory]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    [InlineData("2001:db8:1:2:ffff::1", "2001:db8:1:2::")]
    [InlineData("2001:db8:1:3::1", "2001:db8:1:3::")]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "::ffff:192.0.2.7")]
    public void A_network_of_IPv6_is_one_caller(string address, string caller) =>
        Assert.Equal(IPAddress.Parse(caller), RequestRate.Caller(IPAddress.Parse(address)));

    [Fact]
    public void Who_has_no_address_is_one_too() => Assert.Equal(IPAddress.None, RequestRate.Caller(null));
}
