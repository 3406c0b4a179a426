using OrleansIngest.Component.Tests.Contracts;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage.Postgres;

namespace OrleansIngest.Component.Tests.Postgres;

/// <summary>What PostgreSQL refuses once, and what it refuses until somebody acts.</summary>
public sealed class PostgresFailureTests : IDisposable
{
    private readonly PostgresData _data;
    private readonly PostgresStorage _storage;

    public PostgresFailureTests(SharedPostgres shared)
    {
        _data = new PostgresData(shared);
        _storage = _data.OpenStorage();
    }

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task A_full_disk_is_told_and_the_journal_continues_when_there_is_space()
    {
        Fail("journal", "53100", times: 2);

        for (var i = 0; i < 2; i++)
        {
            var refusal = await Assert.ThrowsAsync<JournalFullException>(
                () => _storage.Journal.Append(Sample.Append("roof", 0)).Soon());
            Assert.Contains("Free some space", refusal.Message, StringComparison.Ordinal);
        }

        Assert.True((await _storage.Journal.Append(Sample.Append("roof", 0)).Soon()).IsStored);
    }

    [Theory]
    [InlineData("40P01")]
    [InlineData("40001")]
    public async Task What_was_rolled_back_because_of_another_transaction_is_repeated(string code)
    {
        var upload = Sample.Upload("roof", Guid.NewGuid());
        Fail("journal", code, times: 3);
        var append = Sample.Append("roof", 0) with { Opened = [upload] };
        Assert.True((await _storage.Journal.Append(append).Soon()).IsStored);

        Fail("uploads", code, times: 3);
        Assert.True(await _storage.Uploads.RecordOffset(upload.Fence, 700, upload.LastByteAt).Soon());
        Assert.Equal(700, (await _storage.Uploads.Find("roof", upload.Media).Soon())!.DurableOffset);
    }

    [Fact]
    public async Task A_lock_that_another_transaction_keeps_is_not_waited_for_without_end()
    {
        await _storage.Journal.Append(Sample.Append("roof", 0)).Soon();
        using var other = _data.Connect();
        using var transaction = other.BeginTransaction();
        using var command = other.CreateCommand();
        command.CommandText = "SELECT FROM jobs FOR UPDATE";
        command.ExecuteNonQuery();

        var refusal = await Assert.ThrowsAsync<JournalException>(
            () => _storage.Journal.Append(Sample.Append("roof", 1)).Soon());
        Assert.Contains("another transaction holds the rows", refusal.Message, StringComparison.Ordinal);

        transaction.Rollback();
        Assert.True((await _storage.Journal.Append(Sample.Append("roof", 1)).Soon()).IsStored);
    }

    /// <summary>Makes the next writes of a table fail.</summary>
    private void Fail(string table, string code, int times) => _data.Execute($"""
        CREATE SEQUENCE fails_{table};
        CREATE FUNCTION fail_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF nextval('{_data.Schema}.fails_{table}') <= {times} THEN
                RAISE EXCEPTION 'as the test wants it' USING ERRCODE = '{code}';
            END IF;
            RETURN NULL;
        END $$;
        CREATE TRIGGER fail AFTER INSERT OR UPDATE ON {table} EXECUTE FUNCTION fail_{table}();
        """);
}
