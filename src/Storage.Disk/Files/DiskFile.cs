using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using OrleansIngest.Grains.Model;

namespace OrleansIngest.Storage.Disk.Files;

/// <summary>How the store opens its files.</summary>
internal static partial class DiskFile
{
    // A lock between writer and readers would only be in the way: one writer at a time is the caller's promise.
    private const FileShare Sharing = FileShare.ReadWrite | FileShare.Delete;

    private const FileAttributes Missing = (FileAttributes)(-1);

    /// <summary>Whether it is there. Other than File.Exists this does not take for missing what cannot be looked at.</summary>
    /// <exception cref="IOException">The disk fails.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not look.</exception>
    public static bool Exists(string path) => new FileInfo(path).Attributes != Missing;

    /// <summary>To read, or else to write; null if there is none.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafeFileHandle? TryOpen(string path, FileAccess access = FileAccess.Read)
    {
        try
        {
            return Exists(path) ? File.OpenHandle(path, access: access, share: Sharing) : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>To write. An empty file is made if there is none.</summary>
    /// <exception cref="IOException">It cannot be opened or made.</exception>
    public static FileStream Open(string path) => DataFolder.Open(path, Sharing);

    /// <summary>To write from an offset on; whatever lies beyond is cut off. Only at the beginning an empty file is made if there is none.</summary>
    /// <exception cref="IOException">It cannot be opened, or holds fewer bytes.</exception>
    public static FileStream OpenAt(string path, long offset)
    {
        var file = offset == 0 ? Open(path) : OpenExisting(path) ?? throw Holds(0, offset);
        try
        {
            if (file.Length < offset)
                throw Holds(file.Length, offset);
            if (file.Length > offset)
                file.SetLength(offset);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Gives a file a second name, in another folder.</summary>
    /// <returns>False where that cannot be: on another volume or a file system without links, not on Unix, or if a file has that name.</returns>
    public static bool TryLink(string path, string name) => !OperatingSystem.IsWindows() && link(path, name) == 0;

    /// <summary>Gives a file another name, which may be that of another file.</summary>
    /// <returns>False if there is none.</returns>
    /// <exception cref="IOException">It fails.</exception>
    public static bool TryMove(string path, string name)
    {
        try
        {
            File.Move(path, name, overwrite: true);
            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Copies a file; when it returns, the copy's bytes survive a power cut.</summary>
    /// <exception cref="IOException">It fails.</exception>
    public static void Copy(string path, string copy)
    {
        File.Copy(path, copy);
        using var file = Open(copy);
        FileSync.Data(file.SafeFileHandle);
    }

    /// <summary>Removes its name; who has it open can go on.</summary>
    /// <exception cref="IOException">It cannot be removed.</exception>
    public static void Remove(string path)
    {
        if (Exists(path))
            File.Delete(path);
    }

    /// <summary>Sees to it that a blob holds as many bytes as it should.</summary>
    /// <exception cref="IOException">There are more or fewer bytes than expected.</exception>
    public static void CheckLength(long length, long expected)
    {
        if (length != expected)
            throw Holds(length, expected);
    }

    /// <summary>What callers of the store's port are told of a blob without bytes.</summary>
    public static FileNotFoundException IsMissing(BlobId blob) => new("The media store has no such bytes.", blob.ToString());

    private static FileStream? OpenExisting(string path)
    {
        try
        {
            return DataFolder.Open(path, Sharing, FileMode.Open);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static IOException Holds(long length, long expected) => new($"The blob holds {length} bytes, not {expected}.");

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string path, string name);
}
