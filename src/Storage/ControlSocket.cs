using System.Net.Sockets;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace OrleansIngest.Storage;

/// <summary>
/// The Unix socket <c>control.sock</c> of a data folder. Commands reach the server that uses the
/// folder over it. Only the server's user may connect, and that user can read and write the files
/// of the folder anyway.
/// </summary>
public sealed class ControlSocket : IDisposable
{
    /// <summary>The name of the socket in the data folder.</summary>
    public const string FileName = "control.sock";

    private const int MaxPath = 107; // bytes; sun_path has 108 with the terminating NUL
    private const UnixFileMode Rights = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly SafeFileHandle? _folder;

    /// <summary>Creates the address of the socket in an existing folder.</summary>
    /// <exception cref="StorageException">
    /// The path is longer than the operating system allows for a socket.
    /// </exception>
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
            // Linux: an open folder can be reached by a short path, however long its own path is.
            _folder = FileSync.OpenFolder(folder);
            path = $"/proc/self/fd/{_folder.DangerousGetHandle()}/{FileName}";
        }
        EndPoint = new UnixDomainSocketEndPoint(path);
    }

    /// <summary>The address of the socket. Valid until this object is disposed.</summary>
    public UnixDomainSocketEndPoint EndPoint { get; }

    /// <summary>
    /// Creates the socket's file, and replaces one that a killed server left. On Linux the
    /// mode is set before the file gets its name, so there is no moment at which another
    /// user could connect.
    /// </summary>
    /// <param name="endPoint">
    /// The <see cref="EndPoint"/>. The caller must hold the <see cref="DataFolderLock"/>.
    /// </param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static Socket Bind(UnixDomainSocketEndPoint endPoint)
    {
        var path = endPoint.ToString();
        File.Delete(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        if (OperatingSystem.IsLinux())
            SetRights(socket); // bind creates the file with the mode of the socket
        socket.Bind(endPoint);
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(path) != Rights)
            File.SetUnixFileMode(path, Rights);
        return socket;
    }

    /// <summary>Connects to the server that uses the folder.</summary>
    /// <returns>The connected socket; null if no server listens.</returns>
    /// <exception cref="StorageException">This user may not connect.</exception>
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
