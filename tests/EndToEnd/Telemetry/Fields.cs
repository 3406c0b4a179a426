using Google.Protobuf;

namespace OrleansIngest.EndToEnd.Telemetry;

/// <summary>
/// A protobuf message without its schema: the values of its fields, by their numbers.
/// </summary>
internal sealed class Fields
{
    private readonly ILookup<int, object> _values;

    public Fields(ByteString message) =>
        _values = Read(message.CreateCodedInput()).ToLookup(field => field.Number, field => field.Value);

    public Fields(byte[] message) : this(ByteString.CopyFrom(message))
    {
    }

    public bool Has(int number) => _values.Contains(number);

    public IEnumerable<Fields> Messages(int number) => _values[number].Select(value => new Fields((ByteString)value));

    /// <summary>The only message in a field, or an empty one.</summary>
    public Fields Message(int number) => Messages(number).SingleOrDefault() ?? new Fields(ByteString.Empty);

    public string Text(int number) => _values[number].Cast<ByteString>().SingleOrDefault()?.ToStringUtf8() ?? "";

    public string Hex(int number) =>
        Convert.ToHexStringLower((_values[number].Cast<ByteString>().SingleOrDefault() ?? ByteString.Empty).Span);

    /// <summary>An integer of any width; 0 if absent.</summary>
    public long Integer(int number) => (long)_values[number].Cast<ulong>().SingleOrDefault();

    public double Double(int number) => BitConverter.Int64BitsToDouble(Integer(number));

    private static IEnumerable<(int Number, object Value)> Read(CodedInputStream input)
    {
        while (input.ReadTag() is var tag and not 0)
        {
            yield return (WireFormat.GetTagFieldNumber(tag), WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => input.ReadUInt64(),
                WireFormat.WireType.Fixed64 => input.ReadFixed64(),
                WireFormat.WireType.Fixed32 => (ulong)input.ReadFixed32(),
                _ => (object)input.ReadBytes(),
            });
        }
    }
}
