using System.Security.Cryptography;

namespace OrleansIngest.Component.Tests.Contracts;

/// <summary>Many segments, many bytes, many uploads.</summary>
public abstract partial class MediaStoreContract
{
    [Theory]
    [InlineData(2)]
    [InlineData(9)]
    [InlineData(3000)]
    public async Task A_write_of_many_segments_is_written_in_their_order(int segments)
    {
        var parts = Enumerable.Range(0, segments).Select(i => RandomNumberGenerator.GetBytes(i % 17)).ToList();
        var expected = parts.SelectMany(p => p).ToArray();
        var blob = _store.New();

        await using (var writer = await _store.Append(blob, 0, Generation))
        {
            await writer.Write(Segments.Of(parts));
            Assert.Equal(expected.Length, writer.Offset);
            await writer.Write(Segments.Of(parts));
            Assert.Equal(2 * expected.Length, writer.Offset);
            await Keep(writer);
        }

        Assert.Equal(expected.Concat(expected), await ReadAll(blob));
    }

    [Fact]
    public async Task Synced_bytes_are_there_and_more_can_follow()
    {
        var blob = _store.New();
        await using (var writer = await _store.Append(blob, 0, Generation))
        {
            await writer.Write(Bytes("one"));
            await writer.Sync().AsTask().Soon();
            await writer.Write(Bytes("two"));
            await writer.Sync().AsTask().Soon();
        }

        Assert.Equal("onetwo", await ReadText(blob));
    }

    [Fact]
    public async Task A_large_file_is_read_back_byte_for_byte()
    {
        using var written = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var blob = _store.New();
        await using (var writer = await _store.Append(blob, 0, Generation))
        {
            for (var i = 0; i < 400; i++)
            {
                var chunk = RandomNumberGenerator.GetBytes(64 * 1024 + i);
                written.AppendData(chunk);
                await writer.Write(Segments.Of([.. chunk.Chunk(4096)]));
            }
            await _store.Finish(blob, writer.Offset).AsTask().Soon();
        }

        Assert.Equal(written.GetHashAndReset(), SHA256.HashData(await ReadAll(blob)));
    }

    [Fact]
    public async Task Many_uploads_at_once_do_not_mix()
    {
        var contents = Enumerable.Range(0, 200).Select(i => RandomNumberGenerator.GetBytes(1000 + i)).ToList();

        var stored = await Task.WhenAll(contents.Select(bytes => Task.Run(async () =>
        {
            var blob = _store.New();
            await Write(blob, 0, bytes);
            return await _store.Finish(blob, bytes.Length);
        }))).Soon();

        for (var i = 0; i < contents.Count; i++)
            Assert.Equal(contents[i], await ReadAll(stored[i]));
    }
}
