using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using OrleansIngest.Grains.Model;

namespace OrleansIngest.Unit.Tests.Jobs;

/// <summary>
/// A blob's name is a value, and its text is read as it was written, and nothing else is.
/// </summary>
public sealed class BlobIdTests
{
    private static readonly Guid s_uuid = new("0193a5b0c1d27e3f8a4b5c6d7e8f9012");

    public static TheoryData<string, BlobKind> Texts => new()
    {
        { "0193a5b0c1d27e3f8a4b5c6d7e8f9012", BlobKind.File },
        { "0193a5b0c1d27e3f8a4b5c6d7e8f9012~", BlobKind.Object },
        { $"0193a5b0c1d27e3f8a4b5c6d7e8f9012+{new string('a', 32)}~+{new string('b', 32)}~", BlobKind.Joined },
        { "0193a5b0c1d27e3f8a4b5c6d7e8f9012-00001000-00000005", BlobKind.Extent },
        { "0193a5b0c1d27e3f8a4b5c6d7e8f9012-fffff000-ffffffff", BlobKind.Extent },
        { $"0193a5b0c1d27e3f8a4b5c6d7e8f9012+{new string('a', 32)}", BlobKind.Joined },
        {
            $"0193a5b0c1d27e3f8a4b5c6d7e8f9012+{new string('a', 32)}+{new string('b', 32)}+{new string('a', 32)}",
            BlobKind.Joined
        },
    };

    public static TheoryData<string> NoTexts =>
    [
        "", "ABC", "../x", "../../etc/passwd", "/etc/passwd",
        new string('a', 31), new string('A', 32), new string('a', 33),
        new string('a', 30) + "/x", new string('a', 32) + "\0", new string('g', 32), "{" + new string('a', 30) + "}",
        "~", new string('a', 31) + "~", new string('a', 32) + "~~", new string('a', 32) + "~x",
        new string('a', 32) + "~+" + new string('b', 32), new string('a', 32) + "+~",
        new string('a', 32) + "~-00000000-00000001", new string('A', 32) + "~",
        new string('a', 32) + "-", new string('a', 32) + "-00000000", new string('a', 32) + "-00000000-00000000",
        new string('a', 32) + "-0000A000-00000001", new string('a', 32) + "-+0000000-00000001",
        new string('a', 32) + "-00000000+00000001", new string('a', 32) + "-00000000-000000001",
        new string('a', 32) + "-0000000é-00000001",
        new string('a', 32) + "+", new string('a', 32) + "+x", new string('a', 32) + "+" + new string('b', 32) + "+",
        new string('a', 32) + "+" + new string('b', 32) + "-00000000-00000001",
        new string('a', 32) + "+" + new string('b', 32) + "+/" + new string('c', 31), "+" + new string('b', 32),
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Its_text_is_read_as_it_was_written(string text, BlobKind kind)
    {
        var blob = BlobId.Parse(text);

        Assert.Equal((kind, s_uuid, text), (blob.Kind, blob.Uuid, blob.ToString()));
        MustBeEqual(blob, BlobId.Parse(text));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Its_text_is_written_where_there_is_room(string text, BlobKind kind)
    {
        var blob = BlobId.Parse(text);
        var room = new char[text.Length + 1];

        Assert.True(blob.TryFormat(room, out var length), $"{kind}");
        Assert.Equal(text, room.AsSpan(0, length));
        Assert.False(blob.TryFormat(room.AsSpan(0, text.Length - 1), out _));
    }

    [Theory]
    [MemberData(nameof(NoTexts))]
    public void Nothing_else_is_read(string text)
    {
        Assert.False(BlobId.TryParse(text, out _));
        Assert.Throws<FormatException>(() => BlobId.Parse(text));
    }

    [Fact]
    public void What_is_made_says_what_it_is_made_of()
    {
        var extent = BlobId.Extent(s_uuid, 8192, 100);
        var (one, other) = (BlobId.NewFile(), BlobId.NewObject());
        var joined = BlobId.Join([one, other, one]);

        Assert.Equal((8192, 100), (extent.Offset, extent.Length));
        Assert.Equal([one, other, one], joined.Parts);
        Assert.Equal([one, other, one], joined.Sources);
        Assert.Empty(extent.Parts);
        Assert.Equal([extent], extent.Sources);
        Assert.All([extent, one, joined], blob => MustBeEqual(blob, BlobId.Parse(blob.ToString())));
    }

    [Fact]
    public void What_differs_is_not_equal()
    {
        var file = BlobId.File(s_uuid);
        var joined = BlobId.Join([file]);

        Assert.Distinct(new[]
        {
            file, BlobId.NewFile(), BlobId.Object(s_uuid), BlobId.NewObject(), BlobId.Extent(s_uuid, 0, 1),
            BlobId.Extent(s_uuid, 0, 2), BlobId.Extent(s_uuid, 4096, 1), joined,
            joined.With([file, file]), BlobId.Join([file]), BlobId.File(joined.Uuid),
            joined.With([BlobId.Object(s_uuid)]),
        });
        Assert.False(file == null);
        Assert.True((BlobId?)null == null);
        Assert.False(file.Equals("0193a5b0c1d27e3f8a4b5c6d7e8f9012"));
    }

    [Fact]
    public void Files_and_objects_are_joined_and_nothing_else()
    {
        Assert.Throws<ArgumentException>(() => BlobId.Join([]));
        Assert.Throws<ArgumentException>(() => BlobId.Join([BlobId.Extent(s_uuid, 0, 1)]));
        Assert.Throws<ArgumentException>(() => BlobId.Join([BlobId.Join([BlobId.NewFile()])]));
        Assert.Throws<ArgumentException>(() => BlobId.Join([BlobId.NewFile()]).With([]));
    }

    [Fact]
    public void A_joined_blob_becomes_one_object_that_is_named_beside_it()
    {
        var joined = BlobId.Join([BlobId.NewObject()]);

        var made = joined.ToObject();

        Assert.Equal(BlobKind.Object, made.Kind);
        Assert.Equal(made, BlobId.Parse(joined.ToString()).ToObject());
        Assert.Equal((7, 8), (joined.Uuid.Version, made.Uuid.Version));
        Assert.Equal($"{joined.Uuid:N}"[..12], $"{made}"[..12]);
        Assert.Throws<InvalidOperationException>(() => made.ToObject());
        // The range of the joined blob's texts must not name it: its parts would count as needed.
        var (from, to) = BlobId.TextsOf(joined.Uuid);
        Assert.False(string.CompareOrdinal(from, $"{made}") <= 0 && string.CompareOrdinal($"{made}", to) < 0);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 1)]
    [InlineData(1L << 32, 1)]
    [InlineData(0, 1L << 32)]
    public void An_extent_that_has_no_text_cannot_be_made(long offset, long length) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => BlobId.Extent(s_uuid, offset, length));

    [Fact]
    public void Texts_of_one_UUID_lie_together()
    {
        var (from, to) = BlobId.TextsOf(s_uuid);
        BlobId[] inside =
            [BlobId.File(s_uuid), BlobId.Extent(s_uuid, 0xfffff000, uint.MaxValue), BlobId.Extent(s_uuid, 0, 1)];

        Assert.All(inside, blob => Assert.True(IsBetween(blob)));
        Assert.All(
            [
                BlobId.File(new Guid("0193a5b0c1d27e3f8a4b5c6d7e8f9011")),
                BlobId.Extent(new Guid("0193a5b0c1d27e3f8a4b5c6d7e8f9013"), 0, 1)
            ],
            blob => Assert.False(IsBetween(blob)));

        bool IsBetween(BlobId blob) =>
            string.CompareOrdinal(from, blob.ToString()) <= 0 && string.CompareOrdinal(blob.ToString(), to) < 0;
    }

    [Fact]
    public void Extents_sort_as_the_bytes_lie()
    {
        long[] offsets = [0, 4096, 0x10000, 0x7ffff000];

        var texts = offsets.Select(offset => BlobId.Extent(s_uuid, offset, 1).ToString()).ToList();

        Assert.Equal(texts.Order(StringComparer.Ordinal), texts);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void It_goes_from_silo_to_silo(string text, BlobKind kind)
    {
        var serializer = new ServiceCollection().AddSerializer()
            .BuildServiceProvider().GetRequiredService<Serializer>();

        var blob = serializer.Deserialize<BlobId>(serializer.SerializeToArray(BlobId.Parse(text)))!;

        Assert.Equal(kind, blob.Kind);
        MustBeEqual(BlobId.Parse(text), blob);
    }

    private static void MustBeEqual(BlobId one, BlobId other)
    {
        Assert.Equal(one, other);
        Assert.True(one == other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
        Assert.Equal(one.ToString(), other.ToString());
    }
}
