using System.Text;
using Npgsql;
using OrleansIngest.Component.Tests.Contracts;
using OrleansIngest.Grains.Model;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Postgres;

namespace OrleansIngest.Component.Tests.Postgres;

/// <summary>What happens when a server starts.</summary>
public sealed class PostgresOpeningTests(SharedPostgres shared) : IDisposable
{
    private const string Password = "secret-word";

    private readonly PostgresData _data = new(shared);
    private readonly LogLines _log = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Several_that_start_at_once_make_the_tables_once()
    {
        var storages = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(Open))).Soon();
        try
        {
            var appended = await Task.WhenAll(storages.Select((storage, i) =>
                storage.Journal.Append(Sample.Append($"job-{i}", 0)))).Soon();
            Assert.All(appended, append => Assert.True(append.IsStored));
            Assert.Equal(Migrations.Current, _data.Execute("SELECT version FROM schema_version"));
        }
        finally
        {
            Array.ForEach(storages, storage => storage.Dispose());
        }
    }

    [Fact]
    public void Tables_of_a_newer_version_are_refused_and_left_alone()
    {
        Open().Dispose();
        _data.Execute("UPDATE schema_version SET version = version + 1");

        var refusal = Assert.Throws<StorageException>(() => Open());
        Assert.Contains("newer version of the server", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(Migrations.Current + 1, _data.Execute("SELECT version FROM schema_version"));
    }

    /// <summary>The first version had the first step only.</summary>
    [Fact]
    public async Task An_older_schema_is_brought_up_to_date_and_keeps_its_rows()
    {
        using (var storage = Open())
            await storage.Journal.Append(Sample.Append("roof", 0)).Soon();
        _data.Execute(
            "DROP TABLE OrleansQuery, OrleansMembershipTable, OrleansMembershipVersionTable, OrleansStorage,"
            + " OrleansRemindersTable, keys; UPDATE schema_version SET version = 1");

        using var migrated = Open();
        Assert.Equal(1, await migrated.Journal.Head("roof").Soon());
        Assert.Equal(Migrations.Current, _data.Execute("SELECT version FROM schema_version"));
        Assert.Equal(21L, _data.Execute("SELECT count(*) FROM OrleansQuery"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Ingest")]
    [InlineData("a-b")]
    [InlineData("1a")]
    [InlineData("a;DROP TABLE jobs")]
    public void A_schema_that_is_no_plain_identifier_is_refused(string schema)
    {
        var options = _data.Options with { Schema = schema };

        var refusal = Assert.Throws<StorageException>(() => new PostgresStorage(options));
        Assert.Contains("is not valid", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData($"Host=127.0.0.1;Port=1;Username=u;Password={Password}", "cannot be reached")]
    [InlineData($"Host=127.0.0.1;Pass={Password}", "connection string")]
    [InlineData($"Host=127.0.0.1;Password=a;{Password}=b", "connection string")]
    [InlineData($"Host=127.0.0.1;Port={Password}", "connection string")]
    public void What_cannot_be_used_is_told_without_the_password(string connectionString, string reason)
    {
        var options = _data.Options with { ConnectionString = connectionString };

        var refusal = Assert.ThrowsAny<StorageException>(() => new PostgresStorage(options, _log));

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, $"{refusal} {options}", StringComparison.Ordinal);
        Assert.Empty(_log.All);
    }

    [Theory]
    [InlineData("one,two", "Target Session Attributes=primary")]
    [InlineData("one", "Search Path=ingest")]
    public void Orleans_uses_the_schema_and_the_primary(string hosts, string setting)
    {
        var options = new PostgresStorageOptions { ConnectionString = $"Host={hosts};Target Session Attributes=any" };

        var settings = new NpgsqlConnectionStringBuilder(options.OrleansConnectionString());

        Assert.Contains(setting, settings.ConnectionString, StringComparison.Ordinal);
        new NpgsqlConnection(settings.ConnectionString).Dispose(); // Npgsql checks what goes together
    }

    [Fact]
    public void A_database_or_user_that_is_not_there_is_told()
    {
        var options = _data.Options with
        {
            ConnectionString = _data.Options.ConnectionString.Replace(
                "Database=postgres", "Database=nowhere", StringComparison.Ordinal),
        };

        var refusal = Assert.ThrowsAny<StorageException>(() => new PostgresStorage(options));
        Assert.Contains("Create the database", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_without_fsync_is_refused_unless_the_durability_is_that_of_a_process()
    {
        using var server = PostgresServer.Start("fsync=off", "full_page_writes=off", "synchronous_commit=off");
        var options = new PostgresStorageOptions { ConnectionString = server.ConnectionString };

        var refusal = Assert.ThrowsAny<StorageException>(() => new PostgresStorage(options, _log));
        Assert.Contains("fsync", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_log.All);

        new PostgresStorage(options with { Durability = Durability.Process }, _log).Dispose();
        Assert.Collection(
            _log.All,
            line => Assert.Contains("fsync is off", line, StringComparison.Ordinal),
            line => Assert.Contains("full_page_writes is off", line, StringComparison.Ordinal),
            line => Assert.Contains("synchronous_commit is off", line, StringComparison.Ordinal));
    }

    [Fact]
    public void A_server_with_the_usual_settings_needs_no_warning()
    {
        Open().Dispose();

        Assert.Empty(_log.All);
    }

    /// <summary>Text that PostgreSQL's own text cannot hold.</summary>
    [Theory]
    [InlineData("\0")]
    [InlineData("a\0b")]
    [InlineData("half a pair \ud83c")]
    [InlineData("\uffff 🏠")]
    public async Task Whatever_a_client_writes_is_kept(string text)
    {
        using var storage = Open();
        var media = Sample.FullMedia(Guid.NewGuid()) with
        {
            Description = new MediaDescription
            {
                Filename = text,
                DeclaredType = text,
                Section = text,
                Session = text,
                CapturedAt = text,
                Kind = text,
                Source = text,
            },
            Failure = new UploadFailure(FailureReason.BadFormat, text, Retryable: false),
        };
        var upload = Sample.Upload("roof", media.Id) with { RawMetadata = text, Concat = text };
        var append = Sample.Append("roof", 0) with { Media = [media], Opened = [upload] };

        Assert.True((await storage.Journal.Append(append).Soon()).IsStored);

        var stored = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        var found = Assert.Single((await storage.Journal.Load("roof").Soon()).Media);
        Assert.Equal(stored, found.Description.Filename);
        Assert.Equal(stored, found.Failure!.Message);
        Assert.Equal(stored, (await storage.Uploads.Find("roof", media.Id).Soon())!.RawMetadata);
    }

    private PostgresStorage Open() => new(_data.Options, _log);
}
