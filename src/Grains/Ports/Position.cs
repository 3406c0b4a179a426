namespace OrleansIngest.Grains.Ports;

/// <summary>
/// A place in a job's history: an event's number, and the checksum of the event that has it. In another history (a
/// backup that was restored) the same number belongs to another event, and the checksum tells.
/// </summary>
/// <param name="Seq">The event's number; 0 before the first one.</param>
/// <param name="Checksum">The event's <see cref="EventChecksum"/>; 0 before the first one.</param>
[GenerateSerializer, Immutable, Alias("ingest.Position")]
public readonly record struct Position([property: Id(0)] long Seq, [property: Id(1)] uint Checksum);
