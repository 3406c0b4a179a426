using OrleansIngest.Storage;

namespace OrleansIngest.Component.Tests;

public sealed class DataFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Key => _folder["key"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_missing_file_is_made_once_and_then_read()
    {
        Assert.Equal("first", DataFile.ReadOrCreate(Key, () => "first"));
        Assert.Equal("first", DataFile.ReadOrCreate(Key, () => "second"));

        Assert.Equal([Key], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void What_is_there_is_read_whatever_it_is()
    {
        File.WriteAllText(Key, "");

        Assert.Equal("", DataFile.ReadOrCreate(Key, () => "another"));
    }

    [Fact]
    public void It_is_for_the_owner_alone()
    {
        DataFile.ReadOrCreate(Key, () => "secret");

        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Key));
    }

    [Fact]
    public void What_an_attempt_left_that_a_crash_ended_does_not_count()
    {
        File.WriteAllText($"{Key}.new", "half of a key that is longer");

        Assert.Equal("whole", DataFile.ReadOrCreate(Key, () => "whole"));
        Assert.Equal("whole", File.ReadAllText(Key));
    }

    [Fact]
    public void One_that_cannot_be_read_is_named_and_no_other_is_made()
    {
        Directory.CreateDirectory(Key);

        var refusal = Assert.Throws<StorageException>(() =>
            DataFile.ReadOrCreate(Key, () => throw new InvalidOperationException("It was made.")));
        Assert.Contains(Key, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_cannot_be_made_is_named()
    {
        Directory.CreateDirectory($"{Key}.new");

        Assert.Contains(
            Key,
            Assert.Throws<StorageException>(() => DataFile.ReadOrCreate(Key, () => "key")).Message,
            StringComparison.Ordinal);
    }
}
