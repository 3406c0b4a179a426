using System.Buffers;
using System.Security.Cryptography;
using OrleansIngest.Uploads.Blobs;

namespace OrleansIngest.Unit.Tests.Uploads;

public sealed class RunningHashTests
{
    private static readonly byte[] s_jpeg = [0xFF, 0xD8, 0xFF, 1, 2, 3];

    [Fact]
    public void A_clone_goes_its_own_way()
    {
        using var hash = new RunningHash(withSha512: true);
        hash.Append(new ReadOnlySequence<byte>(s_jpeg));
        using var clone = hash.Clone();
        clone.Append(new ReadOnlySequence<byte>([4]));
        hash.Append(new ReadOnlySequence<byte>([5]));

        MustBe([.. s_jpeg, 4], clone);
        MustBe([.. s_jpeg, 5], hash);
    }

    [Fact]
    public void A_clone_outlives_its_original()
    {
        var hash = new RunningHash();
        hash.Append(new ReadOnlySequence<byte>(s_jpeg));
        using var clone = hash.Clone();
        hash.Dispose();

        Assert.Null(clone.Sha512());
        Assert.Equal(SHA256.HashData(s_jpeg), clone.Value().ToBytes());
    }

    private static void MustBe(byte[] bytes, RunningHash hash)
    {
        Assert.Equal(Convert.ToHexStringLower(SHA512.HashData(bytes)), hash.Sha512());
        Assert.Equal(SHA256.HashData(bytes), hash.Value().ToBytes());
        Assert.Equal("image/jpeg", hash.MediaType);
    }
}
