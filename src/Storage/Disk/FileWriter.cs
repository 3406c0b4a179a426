using System.Buffers;
using Microsoft.Win32.SafeHandles;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Disk;

/// <summary>Writes the caller's buffers into a file, as one call of the system.</summary>
internal sealed class FileWriter(SafeFileHandle file, DiskSpace space)
{
    private List<ReadOnlyMemory<byte>>? _segments;

    /// <summary>Writes all of it.</summary>
    /// <exception cref="StoreFullException">There is no room.</exception>
    /// <exception cref="IOException">The disk fails.</exception>
    public void Write(ReadOnlySequence<byte> bytes, long offset)
    {
        try
        {
            space.Take(bytes.Length);
            if (bytes.IsSingleSegment)
                RandomAccess.Write(file, bytes.FirstSpan, offset);
            else
                WriteSegments(bytes, offset);
        }
        catch (Exception e) when (DiskFailure.IsForeign(e))
        {
            throw DiskFailure.InWordsOfThePort(e);
        }
    }

    private void WriteSegments(ReadOnlySequence<byte> bytes, long offset)
    {
        _segments ??= [];
        foreach (var segment in bytes)
            _segments.Add(segment);
        try
        {
            RandomAccess.Write(file, _segments, offset);
        }
        finally
        {
            _segments.Clear(); // the buffers are the caller's again
        }
    }
}
