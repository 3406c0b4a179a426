using System.Buffers;
using Microsoft.Win32.SafeHandles;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Disk.Files;

/// <summary>Writes the caller's buffers into a file.</summary>
internal sealed class FileWriter(SafeFileHandle file, DiskSpace space)
{
    /// <summary>Writes all of it.</summary>
    /// <exception cref="StoreFullException">There is no room.</exception>
    /// <exception cref="IOException">The disk fails.</exception>
    public void Write(ReadOnlySequence<byte> bytes, long offset)
    {
        try
        {
            space.Take(bytes.Length);
            // A call for each buffer: .NET's one call for all of them allocates.
            foreach (var buffer in bytes)
            {
                RandomAccess.Write(file, buffer.Span, offset);
                offset += buffer.Length;
            }
        }
        catch (Exception e) when (DiskFailure.IsForeign(e))
        {
            throw DiskFailure.InWordsOfThePort(e);
        }
    }
}
