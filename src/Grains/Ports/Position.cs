namespace OrleansIngest.Grains.Ports;

/// <summary>
/// A position in the history of a job: the number and the checksum of an event. In another history
/// of the same job, such as a restored backup, another event has this number, and the checksum
/// differs.
/// </summary>
/// <param name="Seq">The number of the event; 0 before the first event.</param>
/// <param name="Checksum">The <see cref="EventChecksum"/>; 0 before the first event.</param>
[GenerateSerializer, Immutable, Alias("ingest.Position")]
public readonly record struct Position([property: Id(0)] long Seq, [property: Id(1)] uint Checksum);
