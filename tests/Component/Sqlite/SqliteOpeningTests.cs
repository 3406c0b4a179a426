using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansIngest.Component.Tests.Contracts;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Sqlite;

namespace OrleansIngest.Component.Tests.Sqlite;

public sealed class SqliteOpeningTests : IDisposable
{
    private readonly SqliteData _data = new(Durability.Process);

    public void Dispose() => _data.Dispose();

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1000)]
    public void A_file_that_another_version_made_is_refused(int version)
    {
        _data.OpenStorage().Dispose();
        using (var connection = _data.Connect())
            SqliteData.Execute(connection, $"PRAGMA user_version = {version}");

        var refusal = Assert.Throws<StorageException>(() => _data.OpenStorage());
        Assert.Contains("another version", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(_data.File, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_a_database_is_refused_and_left_as_it_is()
    {
        var text = string.Concat(Enumerable.Repeat("Somebody's diary, not a database. ", 100));
        File.WriteAllText(_data.File, text);

        var refusal = Assert.Throws<StorageException>(() => _data.OpenStorage());
        Assert.Contains("is not a database", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(_data.File));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_refused()
    {
        File.WriteAllText(_data.File, "");

        Assert.Throws<StorageException>(() =>
            new SqliteStorage(new SqliteStorageOptions { Folder = Path.Combine(_data.File, "below") }));
    }

    [Fact]
    public void A_file_that_is_a_folder_is_refused()
    {
        Directory.CreateDirectory(_data.File);

        Assert.Throws<StorageException>(() => _data.OpenStorage());
    }

    [Fact]
    public void Its_files_are_the_owner_s_alone()
    {
        if (OperatingSystem.IsWindows())
            return;
        _data.OpenStorage();

        var files = Directory.GetFiles(_data.Folder);
        Assert.Contains(_data.File + "-wal", files);
        foreach (var file in files)
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task Closing_commits_what_waits_and_leaves_one_file()
    {
        var storage = _data.OpenStorage();
        var appends = Enumerable.Range(0, 200)
            .Select(i => storage.Journal.Append(Sample.Append($"job-{i}", 0))).ToList();

        storage.Dispose();

        Assert.All(await Task.WhenAll(appends).Soon(), append => Assert.True(append.IsStored));
        Assert.Equal([_data.File], Directory.GetFiles(_data.Folder));
        Assert.Equal(200, (await _data.Open().Jobs.List("", 1000).Soon()).Count);
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_after_the_process_was_killed()
    {
        var storage = _data.OpenStorage();
        await storage.Journal.Append(Sample.Append("roof", 0, "kept")).Soon();

        // What the kernel has of the files at this moment is what a killed process leaves.
        using var left = new TemporaryFolder();
        foreach (var file in new[] { "ingest.db", "ingest.db-wal" })
            File.Copy(Path.Combine(_data.Folder, file), left[file]);

        using var restarted = new SqliteStorage(new SqliteStorageOptions { Folder = left.Path });
        Assert.Equal("kept", Sample.What(Assert.Single(await restarted.Journal.Read("roof", 0, 10).Soon())));
    }

    [Fact]
    public async Task A_host_gets_all_ports_from_one_storage_and_closes_it()
    {
        using (var host = CreateHost())
        {
            await host.StartAsync();
            await host.Services.GetRequiredService<IJournal>().Append(Sample.Append("roof", 0)).Soon();
            Assert.Single(await host.Services.GetRequiredService<IJobIndex>().List("", 10).Soon());
            Assert.Empty(await host.Services.GetRequiredService<IUploads>().List().Soon());
            Assert.Empty(
                await host.Services.GetRequiredService<IWorkQueue>().Lease("any", 1, Sample.Now, Sample.Now).Soon());
            await host.StopAsync();
        }
        Assert.Equal([_data.File], Directory.GetFiles(_data.Folder));
    }

    [Fact]
    public async Task A_host_does_not_start_with_a_storage_that_cannot_be_used()
    {
        File.WriteAllText(_data.File, "not a database, and long enough that nobody could take it for one");
        using var host = CreateHost();

        await Assert.ThrowsAsync<StorageException>(() => host.StartAsync().Soon());
    }

    private IHost CreateHost()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSqliteStorage(new SqliteStorageOptions { Folder = _data.Folder });
        return builder.Build();
    }
}
