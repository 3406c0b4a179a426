using System.Buffers;

namespace OrleansIngest.Component.Tests.Contracts;

/// <summary>A sequence in pieces, as a request's pipe gives it.</summary>
internal sealed class Segments : ReadOnlySequenceSegment<byte>
{
    private Segments(byte[] bytes, long start) => (Memory, RunningIndex) = (bytes, start);

    public static ReadOnlySequence<byte> Of(IReadOnlyList<byte[]> parts)
    {
        var first = new Segments(parts[0], 0);
        var last = first;
        foreach (var part in parts.Skip(1))
        {
            var next = new Segments(part, last.RunningIndex + last.Memory.Length);
            last.Next = next;
            last = next;
        }
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }
}
