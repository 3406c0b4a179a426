using System.Security.Cryptography;
using FsCheck.Fluent;
using Microsoft.Extensions.Primitives;
using OrleansIngest.Gateway.Protocols.Digests;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Protocols.Tus;
using OrleansIngest.Grains;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Digests;

/// <summary>
/// What clients write into Upload-Checksum, Content-Digest, Repr-Digest and Want-Repr-Digest.
/// </summary>
public sealed class DigestHeaderTests
{
    private static readonly string s_sha256 = Convert.ToBase64String(SHA256.HashData("abc"u8));
    private static readonly string s_sha512 = Convert.ToBase64String(SHA512.HashData("abc"u8));

    [Fact]
    public void A_checksum_of_tus_is_an_algorithm_and_its_value()
    {
        var digest = Assert.Single(TusChecksum.Header.Parse($"sha256 {s_sha256}"));

        Assert.Equal(("sha256", HashAlgorithmName.SHA256), (digest.Algorithm.Name, digest.Algorithm.Hash));
        Assert.Equal(SHA256.HashData("abc"u8), digest.Value);
        Assert.Equal("sha1,sha256,md5", TusChecksum.Algorithms);
    }

    [Fact]
    public void A_checksum_of_tus_is_said_once() =>
        Assert.Throws<ProblemException>(() =>
            TusChecksum.Header.Parse(new StringValues([$"sha256 {s_sha256}", $"sha256 {s_sha256}"])));

    [Theory]
    [InlineData("sha-256=:{0}:")]
    [InlineData("  sha-256=:{0}:\t")]
    [InlineData("sha-256=:{0}:;a=1;b=\"x;y\"")]
    [InlineData("sha-256=:AAAA:, sha-256=:{0}:")]
    [InlineData("md5=:AAAA:, sha-256=:{0}:, *_x.y-9=?1, z")]
    public void A_field_is_a_dictionary_of_which_only_known_algorithms_count(string field)
    {
        var digest = Assert.Single(DigestFields.ContentDigest.Parse(string.Format(null, field, s_sha256)));

        Assert.Equal(DigestFields.Sha256, digest.Algorithm);
        Assert.Equal(s_sha256, Convert.ToBase64String(digest.Value));
    }

    [Fact]
    public void A_field_may_come_in_several_lines() =>
        Assert.Equal(
            2,
            DigestFields.ContentDigest.Parse(new StringValues([$"sha-256=:{s_sha256}:", $"sha-512=:{s_sha512}:"]))
                .Count);

    [Fact]
    public void A_digest_is_written_as_it_is_read()
    {
        var field = DigestFields.Format(DigestFields.Sha512, SHA512.HashData("abc"u8));

        Assert.Equal($"sha-512=:{s_sha512}:", field);
        Assert.Equal(SHA512.HashData("abc"u8), Assert.Single(DigestFields.ReprDigest.Parse(field)).Value);
        Assert.Equal($"sha-256=:{s_sha256}:", DigestFields.Format(Sha256Hash.FromBytes(SHA256.HashData("abc"u8))));
    }

    [Theory]
    [InlineData("sha-256=1", 1)]
    [InlineData("sha-512=3, sha-256=10;x", 10)]
    [InlineData("sha-256=0", 0)]
    [InlineData("sha-256=high", 0)]
    [InlineData("sha-256", 0)]
    [InlineData("sha-512=1", 0)]
    [InlineData("sha-256=1,", 0)]
    [InlineData("", 0)]
    public void A_preference_is_a_number_and_one_that_cannot_be_read_is_none(string field, int weight) =>
        Assert.Equal(weight, DigestFields.Weight(field, DigestFields.Sha256));

    /// <summary>Whatever comes, it is read, or refused as a problem of the client's.</summary>
    [Fact]
    public void Nothing_breaks_the_parsers() => Always.Holds(
        Gen.ArrayOf(Gen.Elements("sha-256", "sha256", "sha1 ", "=", ":", ";", ",", " ", "AAAA", "*", "ü")),
        parts =>
        {
            var text = string.Concat(parts);
            foreach (var header in new[] { TusChecksum.Header, DigestFields.ContentDigest, DigestFields.ReprDigest })
                Assert.True(Record.Exception(() => header.Parse(text)) is null or ProblemException, text);
            Assert.Equal(0, DigestFields.Weight(text, DigestFields.Sha256));
        });
}
