using System.Buffers;
using System.Text;

namespace Grpc.Core;

public sealed partial class Metadata
{
    /// <summary>One header or trailer. Its key is in lower case: digits, letters, <c>_</c>, <c>-</c>, <c>.</c></summary>
    public sealed class Entry
    {
        private static readonly SearchValues<char> KeyCharacters =
            SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-.");

        private readonly string? _text;
        private readonly byte[]? _bytes;

        /// <summary>Text; the key does not end in <c>-bin</c>.</summary>
        public Entry(string key, string value)
        {
            ArgumentNullException.ThrowIfNull(value);
            Key = CheckedKey(key, binary: false);
            _text = value;
        }

        /// <summary>Bytes, copied; the key ends in <c>-bin</c>.</summary>
        public Entry(string key, byte[] valueBytes)
        {
            ArgumentNullException.ThrowIfNull(valueBytes);
            Key = CheckedKey(key, binary: true);
            _bytes = [.. valueBytes];
        }

        /// <summary>The key, in lower case.</summary>
        public string Key { get; }

        /// <summary>Whether this is a <c>-bin</c> entry.</summary>
        public bool IsBinary => _bytes != null;

        /// <summary>The text.</summary>
        /// <exception cref="InvalidOperationException">The entry is binary.</exception>
        public string Value => _text ?? throw new InvalidOperationException($"'{Key}' is binary: read ValueBytes.");

        /// <summary>A copy of the bytes; of a text, its ASCII.</summary>
        public byte[] ValueBytes => _bytes == null ? Encoding.ASCII.GetBytes(_text!) : [.. _bytes];

        /// <inheritdoc/>
        public override string ToString() => $"[Entry: key={Key}, {(IsBinary ? $"{_bytes!.Length} bytes" : $"value={_text}")}]";

        internal bool Has(string key) => string.Equals(Key, key, StringComparison.OrdinalIgnoreCase);

        private static string CheckedKey(string key, bool binary)
        {
            ArgumentNullException.ThrowIfNull(key);
            var lower = key.ToLowerInvariant();
            if (lower.AsSpan().ContainsAnyExcept(KeyCharacters)) throw new ArgumentException($"'{key}' is not a valid metadata key.", nameof(key));
            if (lower.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal) != binary)
                throw new ArgumentException($"'{key}': a key ends in '{BinaryHeaderSuffix}' if and only if the value is bytes.", nameof(key));
            return lower;
        }
    }
}
