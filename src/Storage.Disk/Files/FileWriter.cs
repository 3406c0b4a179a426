using System.Buffers;
using Microsoft.Win32.SafeHandles;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Disk.Files;

/// <summary>Writes buffers to a file without copying them.</summary>
internal sealed class FileWriter(SafeFileHandle file, DiskSpace space)
{
    /// <summary>Writes all bytes at an offset of the file.</summary>
    /// <exception cref="StoreFullException">The disk is full up to the reserve.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Write(ReadOnlySequence<byte> bytes, long offset)
    {
        try
        {
            space.Take(bytes.Length);
            // One call per buffer: the overload of RandomAccess.Write for a list allocates.
            foreach (var buffer in bytes)
            {
                RandomAccess.Write(file, buffer.Span, offset);
                offset += buffer.Length;
            }
        }
        catch (Exception e) when (DiskFailure.NeedsTranslation(e))
        {
            throw DiskFailure.Translate(e); // not Guard: its lambda would allocate for every write
        }
    }
}
