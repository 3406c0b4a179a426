using System.ComponentModel;
using OrleansIngest.Silo;

namespace OrleansIngest.Unit.Tests;

/// <summary>Sizes in the configuration.</summary>
public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1048576", 1048576)]
    [InlineData("7B", 7)]
    [InlineData("500MB", 500_000_000)]
    [InlineData("100 GiB", 100L << 30)]
    [InlineData(" 2kib ", -1)]
    [InlineData("2kib", 2048)]
    [InlineData("8388607TiB", 8388607L << 40)]
    [InlineData("8388608TiB", -1)]
    [InlineData("1.5GB", -1)]
    [InlineData("-1", -1)]
    [InlineData("+1", -1)]
    [InlineData("GB", -1)]
    [InlineData("huge", -1)]
    [InlineData("", -1)]
    public void A_size_is_a_whole_number_of_a_unit(string text, long bytes)
    {
        var size = (ByteSize)TypeDescriptor.GetConverter(typeof(ByteSize)).ConvertFromInvariantString(text)!;

        Assert.Equal((bytes, text), (size.Bytes, size.ToString()));
    }
}
