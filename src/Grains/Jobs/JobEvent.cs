using Google.Protobuf;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Protos.Internal.V1;
using OrleansIngest.Protos.V1;

using Position = OrleansIngest.Grains.Ports.Position;

namespace OrleansIngest.Grains.Jobs;

/// <summary>A decided event: what everybody may see of it, where its bytes are, and how the journal keeps it.</summary>
public sealed record JobEvent
{
    private JobEvent(ActivityEvent shown, PrivateFacts hidden, JournalRow row) =>
        (Public, Private, Row) = (shown, hidden, row);

    /// <summary>The event of the feed.</summary>
    public ActivityEvent Public { get; }

    /// <summary>What only the server sees.</summary>
    public PrivateFacts Private { get; }

    /// <summary>The journal's row for it.</summary>
    public JournalRow Row { get; }

    /// <summary>The event's number and checksum.</summary>
    public Position At => Row.Event.At;

    /// <summary>A new event, whose parts do not change any more: this is the one time that it is encoded.</summary>
    public static JobEvent Encode(ActivityEvent shown, PrivateFacts hidden)
    {
        var (bytes, hiddenBytes) = (Bytes(shown), Bytes(hidden.ToPart()));
        var at = new Position(shown.Seq, EventChecksum.Of(shown.Job, shown.Seq, bytes, hiddenBytes));
        return new JobEvent(shown, hidden, new JournalRow(new EncodedEvent(at, bytes), hiddenBytes));
    }

    /// <summary>Reads a journal's row back.</summary>
    /// <exception cref="JournalException">It is of a kind that this version does not know.</exception>
    public static JobEvent Decode(JournalRow row)
    {
        var decoded = new JobEvent(
            ActivityEvent.Parser.ParseFrom(row.Event.Bytes.Span),
            PrivateFacts.Of(PrivatePart.Parser.ParseFrom(row.Private.Span)),
            row);
        if (decoded.Public.WhatCase == ActivityEvent.WhatOneofCase.None)
            throw new JournalException($"Event {row.Event.Seq} was written by a newer version of the server.");
        return decoded;
    }

    // ToByteArray does the same with a stream between.
    private static byte[] Bytes(IMessage message)
    {
        var bytes = new byte[message.CalculateSize()];
        message.WriteTo(bytes.AsSpan());
        return bytes;
    }
}
