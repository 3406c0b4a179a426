using System.Text;
using Npgsql;
using OrleansIngest.Grains.Model;

namespace OrleansIngest.Storage.Postgres;

/// <summary>
/// Adds parameters to a statement, in the order of <c>$1</c>, <c>$2</c> and so on.
/// </summary>
internal static class Parameters
{
    /// <summary>Adds a value.</summary>
    public static NpgsqlBatchCommand With<T>(this NpgsqlBatchCommand command, T value)
    {
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        return command;
    }

    /// <summary>Adds a value of each row, as an array.</summary>
    public static NpgsqlBatchCommand WithEach<TRow, T>(
        this NpgsqlBatchCommand command, IReadOnlyCollection<TRow> rows, Func<TRow, T> value) =>
        command.With(rows.Select(value).ToArray());

    /// <summary>
    /// Adds a text that a client wrote of each row, as an array. It is stored as UTF-8, because
    /// PostgreSQL's own text cannot hold U+0000.
    /// </summary>
    public static NpgsqlBatchCommand WithUtf8<TRow>(
        this NpgsqlBatchCommand command, IReadOnlyCollection<TRow> rows, Func<TRow, string?> value) =>
        command.WithEach(rows, row => value(row) is { } text ? Utf8(text) : null);

    /// <summary>Adds the text of a blob; null if there is none.</summary>
    public static NpgsqlBatchCommand With(this NpgsqlBatchCommand command, BlobId? blob) =>
        command.With(blob?.ToString());

    /// <summary>The UTF-8 of text that a client wrote.</summary>
    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
