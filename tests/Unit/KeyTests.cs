using OrleansIngest.Grains;

namespace OrleansIngest.Unit.Tests;

public sealed class KeyTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("7")]
    [InlineData("Tower-7_roof.east")]
    [InlineData("0192f0c1-2d3e-7a4b-8c5d-6e7f8a9b0c1d")]
    public void A_key_is_letters_digits_dots_underscores_and_hyphens(string key) => Assert.True(Key.IsValid(key));

    [Theory]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("..")]
    [InlineData("-rf")]
    [InlineData("_x")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a b")]
    [InlineData("a\0")]
    [InlineData("a\n")]
    [InlineData("a%2f")]
    [InlineData("tür")]
    [InlineData("é")]
    [InlineData("٣")]
    public void Anything_else_is_not_a_key(string key) => Assert.False(Key.IsValid(key));

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void A_key_has_at_most_64_characters(int length, bool isValid) =>
        Assert.Equal(isValid, Key.IsValid(new string('k', length)));
}
