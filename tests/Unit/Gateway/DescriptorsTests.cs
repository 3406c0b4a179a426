using OrleansIngest.Gateway.Hosting;

namespace OrleansIngest.Unit.Tests.Gateway;

/// <summary>However few descriptors there are, they are never shared out twice.</summary>
public sealed class DescriptorsTests
{
    private const int Reserve = 448;

    [Theory]
    [InlineData(long.MaxValue, 10_000, 10_000, 256)]
    [InlineData(1_048_576, 10_000, 10_000, 256)]
    [InlineData(20_704, 10_000, 10_000, 256)]
    [InlineData(20_703, 10_000, 9_999, 256)]
    [InlineData(1024, 10_000, 252, 72)]
    [InlineData(1024, 252, 252, 72)]
    [InlineData(1024, 3, 3, 256)]
    [InlineData(512, 10_000, 28, 8)]
    [InlineData(512, 3, 3, 8)]
    [InlineData(long.MaxValue, int.MaxValue, int.MaxValue, 256)]
    public void As_many_connections_as_asked_for_or_half_of_what_there_is(
        long limit, int asked, int connections, int told)
    {
        var shares = Descriptors.Share(limit, asked);

        Assert.Equal((connections, told), (shares.Connections, shares.Told));
        Assert.InRange(shares.Files, Math.Min(connections, (limit - Reserve) / 2 - told), int.MaxValue);
        Assert.InRange((long)shares.Connections + shares.Told + shares.Files, 1, limit - Reserve);
    }
}
