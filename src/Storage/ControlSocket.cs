using System.Net.Sockets;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace OrleansIngest.Storage;

/// <summary>
/// The Unix socket of a data folder, <c>control.sock</c>: commands reach the server that uses the folder through it. It
/// is
/// for the server's user alone, so whoever can use it could read and write the folder's files as well.
/// </summary>
public sealed class ControlSocket : IDisposable
{
    /// <summary>Its name in the data folder.</summary>
    public const string FileName = "control.sock";

    private const int MaxPath = 107; // bytes: sun_path has 108, and the last one is a NUL
    private const UnixFileMode Rights = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly SafeFileHandle? _folder;

    /// <summary>The socket of a folder, which must exist.</summary>
    /// <exception cref="StorageException">The system takes no path as long as this folder's.</exception>
    public ControlSocket(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (Encoding.UTF8.GetByteCount(path) > MaxPath)
        {
            if (!OperatingSystem.IsLinux())
            {
                throw new StorageException(
                    $"The path {path} is too long for a socket ({MaxPath} bytes at most): name another data folder.");
            }
            // An open folder has a short path on Linux, however deep it lies.
            _folder = FileSync.OpenFolder(folder);
            path = $"/proc/self/fd/{_folder.DangerousGetHandle()}/{FileName}";
        }
        EndPoint = new UnixDomainSocketEndPoint(path);
    }

    /// <summary>Its address; it can be used until this is disposed.</summary>
    public UnixDomainSocketEndPoint EndPoint { get; }

    /// <summary>
    /// Makes the socket's file, in the place of one that a killed server left. Its mode is set before it has a name:
    /// there is no
    /// moment in which others could connect.
    /// </summary>
    /// <param name="endPoint">The <see cref="EndPoint"/> of one; the caller holds the
    /// <see cref="DataFolderLock"/>.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static Socket Bind(UnixDomainSocketEndPoint endPoint)
    {
        var path = endPoint.ToString();
        File.Delete(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        if (OperatingSystem.IsLinux())
            SetRights(socket); // bind gives the file the mode that the socket has
        socket.Bind(endPoint);
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(path) != Rights)
            File.SetUnixFileMode(path, Rights);
        return socket;
    }

    /// <summary>Connects to the server that uses the folder.</summary>
    /// <returns>Null if there is none.</returns>
    /// <exception cref="StorageException">This user may not.</exception>
    public async Task<Socket?> TryConnect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(EndPoint);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            return e.SocketErrorCode == SocketError.AccessDenied
                ? throw new StorageException(
                    $"This user may not use {EndPoint}: run the command as the server's user.", e)
                : null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _folder?.Dispose();

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static void SetRights(Socket socket)
    {
        using var handle = new SafeFileHandle(socket.Handle, ownsHandle: false);
        File.SetUnixFileMode(handle, Rights);
    }
}
