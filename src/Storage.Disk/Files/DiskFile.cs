using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using OrleansIngest.Grains.Model;

namespace OrleansIngest.Storage.Disk.Files;

/// <summary>Opens, links, moves and removes files of the store.</summary>
internal static partial class DiskFile
{
    // Readers open a file while a writer appends to it, and a file may be removed while it is open.
    // The caller ensures that there is one writer at a time.
    private const FileShare Sharing = FileShare.ReadWrite | FileShare.Delete;

    private const FileAttributes Missing = (FileAttributes)(-1);

    /// <summary>
    /// Whether a file exists. Unlike <see cref="File.Exists"/>, this does not return false for a
    /// file whose existence cannot be determined.
    /// </summary>
    /// <exception cref="IOException">The disk failed.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read the folder.</exception>
    public static bool Exists(string path) => new FileInfo(path).Attributes != Missing;

    /// <summary>Opens a file, by default for reading. Returns null if it does not exist.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static SafeFileHandle? TryOpen(string path, FileAccess access = FileAccess.Read)
    {
        try
        {
            return Exists(path) ? File.OpenHandle(path, access: access, share: Sharing) : null;
        }
        catch (FileNotFoundException)
        {
            return null; // it was removed after the check
        }
    }

    /// <summary>Opens a file for writing. Creates an empty file if it does not exist.</summary>
    /// <exception cref="IOException">The file cannot be opened or created.</exception>
    public static FileStream Open(string path) => DataFolder.Open(path, Sharing);

    /// <summary>
    /// Opens a file for writing and truncates it at an offset. Creates an empty file if it does not
    /// exist and the offset is 0.
    /// </summary>
    /// <exception cref="IOException">
    /// The file cannot be opened, or is shorter than the offset.
    /// </exception>
    public static FileStream OpenAt(string path, long offset)
    {
        var file = offset == 0 ? Open(path) : OpenExisting(path) ?? throw WrongLength(0, offset);
        try
        {
            if (file.Length < offset)
                throw WrongLength(file.Length, offset);
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

    /// <summary>Creates a hard link to a file.</summary>
    /// <returns>
    /// False if the link cannot be created: the name is in use or on another volume, or the
    /// operating system or the file system has no hard links.
    /// </returns>
    public static bool TryLink(string path, string name) => !OperatingSystem.IsWindows() && link(path, name) == 0;

    /// <summary>Renames a file and replaces a file that has the new name.</summary>
    /// <returns>False if the file does not exist.</returns>
    /// <exception cref="IOException">The file cannot be renamed.</exception>
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

    /// <summary>
    /// Copies a file and syncs the copy, so that its bytes survive a power cut. The caller syncs
    /// the folder.
    /// </summary>
    /// <exception cref="IOException">The file cannot be copied.</exception>
    public static void Copy(string path, string copy)
    {
        File.Copy(path, copy);
        using var file = Open(copy);
        FileSync.Data(file.SafeFileHandle);
    }

    /// <summary>
    /// Removes the name of a file, if it exists. A reader that has the file open can still read it.
    /// </summary>
    /// <exception cref="IOException">The name cannot be removed.</exception>
    public static void Remove(string path)
    {
        if (Exists(path))
            File.Delete(path);
    }

    /// <summary>Checks that a blob has the expected length.</summary>
    /// <exception cref="IOException">The lengths differ.</exception>
    public static void CheckLength(long length, long expected)
    {
        if (length != expected)
            throw WrongLength(length, expected);
    }

    /// <summary>The exception for a blob that the store does not have.</summary>
    public static FileNotFoundException NotFound(BlobId blob) =>
        new("The media store has no such bytes.", blob.ToString());

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

    private static IOException WrongLength(long length, long expected) =>
        new($"The blob holds {length} bytes, not {expected}.");

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string path, string name);
}
