using Google.Protobuf;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Protos.Internal.V1;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.Grains.Jobs;

/// <summary>A decided event: what everybody may see of it, and where its bytes are.</summary>
/// <param name="Public">The event of the feed.</param>
/// <param name="Private">What only the server sees.</param>
public sealed record JobEvent(ActivityEvent Public, PrivatePart Private)
{
    /// <summary>The journal's row for it: this is the one time that an event is encoded.</summary>
    public JournalRow Encode() => new(
        new EncodedEvent(Public.Seq, Encode(Public)),
        Encode(Private));

    // ToByteArray does the same with a stream between.
    private static byte[] Encode(IMessage message)
    {
        var bytes = new byte[message.CalculateSize()];
        message.WriteTo(bytes.AsSpan());
        return bytes;
    }

    /// <summary>Reads a journal's row back.</summary>
    /// <exception cref="JournalException">It is of a kind that this version does not know.</exception>
    public static JobEvent Decode(JournalRow row)
    {
        var decoded = new JobEvent(
            ActivityEvent.Parser.ParseFrom(row.Event.Bytes.Span),
            PrivatePart.Parser.ParseFrom(row.Private.Span));
        if (decoded.Public.WhatCase == ActivityEvent.WhatOneofCase.None)
            throw new JournalException($"Event {row.Event.Seq} was written by a newer version of the server.");
        return decoded;
    }
}
