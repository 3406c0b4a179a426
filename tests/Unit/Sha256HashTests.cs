using System.Security.Cryptography;
using FsCheck.Fluent;
using OrleansIngest.Grains;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests;

public sealed class Sha256HashTests
{
    /// <summary>From FIPS 180-2: the hash of "abc".</summary>
    private const string OfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    [Fact]
    public void A_hash_is_read_from_its_bytes()
    {
        var hash = Sha256Hash.FromBytes(SHA256.HashData("abc"u8));
        Assert.Equal(OfAbc, hash.ToString());
        Assert.Equal(SHA256.HashData("abc"u8), hash.ToBytes());
    }

    [Theory]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(0)]
    public void Any_other_number_of_bytes_is_refused(int length) =>
        Assert.Throws<ArgumentException>(() => Sha256Hash.FromBytes(new byte[length]));

    [Fact]
    public void Hexadecimal_digits_of_either_case_are_the_same_hash()
    {
        Assert.True(Sha256Hash.TryParse(OfAbc, out var lower));
        Assert.True(Sha256Hash.TryParse(OfAbc.ToUpperInvariant(), out var upper));
        Assert.Equal(lower, upper);
        Assert.Equal(OfAbc, upper.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("ba7816bf")]
    [InlineData("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a")]
    [InlineData("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad0")]
    [InlineData("ga7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData(" a7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    public void Anything_else_is_not_a_hash(string text)
    {
        Assert.False(Sha256Hash.TryParse(text, out var hash));
        Assert.Equal(default, hash);
    }

    [Fact]
    public void Any_hash_read_back_from_text_and_from_bytes_is_itself() =>
        Always.Holds(Gen.Choose(0, 255).ArrayOf(Sha256Hash.Size), numbers =>
        {
            var bytes = Array.ConvertAll(numbers, n => (byte)n);
            var hash = Sha256Hash.FromBytes(bytes);
            Assert.True(Sha256Hash.TryParse(hash.ToString(), out var parsed));
            Assert.Equal((hash, Convert.ToHexStringLower(bytes)), (parsed, hash.ToString()));
            Assert.Equal(bytes, hash.ToBytes());
        });
}
