using Google.Protobuf;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Protos.Internal.V1;
using OrleansIngest.Protos.V1;

using Media = OrleansIngest.Grains.Model.Media;
using Position = OrleansIngest.Grains.Ports.Position;

namespace OrleansIngest.Grains.Jobs;

/// <summary>
/// A decided event: its public part, its private part, and the row that the journal keeps.
/// </summary>
public sealed class JobEvent
{
    // A decision looks at the media as it is after the event, and then the job applies the event.
    private Media? _before;
    private Media? _after;

    private JobEvent(ActivityEvent publicPart, PrivateFacts privatePart, JournalRow row) =>
        (Public, Private, Row) = (publicPart, privatePart, row);

    /// <summary>The part that watchers of the feed receive.</summary>
    public ActivityEvent Public { get; }

    /// <summary>The part that only the server sees.</summary>
    public PrivateFacts Private { get; }

    /// <summary>The row of the journal.</summary>
    public JournalRow Row { get; }

    /// <summary>The number and the checksum of the event.</summary>
    public Position At => Row.Event.At;

    /// <summary>What the event is about.</summary>
    public EventSubject Subject => EventSubject.Of(Public);

    /// <summary>When the event was decided.</summary>
    public DateTimeOffset DecidedAt => Public.At.ToDateTimeOffset();

    /// <summary>
    /// Encodes a new event. An event is encoded only once; its parts must not change afterwards.
    /// </summary>
    public static JobEvent Encode(ActivityEvent publicPart, PrivateFacts privatePart)
    {
        var (publicBytes, privateBytes) = (Bytes(publicPart), Bytes(privatePart.ToPart()));
        var checksum = EventChecksum.Of(publicPart.Job, publicPart.Seq, publicBytes, privateBytes);
        var encoded = new EncodedEvent(new Position(publicPart.Seq, checksum), publicBytes);
        return new JobEvent(publicPart, privatePart, new JournalRow(encoded, privateBytes));
    }

    /// <summary>Decodes a row of the journal.</summary>
    /// <exception cref="JournalException">
    /// This version does not know the kind of the event.
    /// </exception>
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

    /// <summary>A media as it is after this event, which is about it.</summary>
    /// <param name="before">The media before the event; null if this is the first event.</param>
    internal Media Project(Media? before)
    {
        if (_after is null || !ReferenceEquals(_before, before))
            (_before, _after) = (before, MediaProjection.Project(before, this));
        return _after;
    }

    // ToByteArray would write to a stream over the array, which allocates more.
    private static byte[] Bytes(IMessage message)
    {
        var bytes = new byte[message.CalculateSize()];
        message.WriteTo(bytes.AsSpan());
        return bytes;
    }
}
