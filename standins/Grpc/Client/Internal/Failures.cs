using System.Net.Sockets;
using Grpc.Core;

namespace Grpc.Net.Client.Internal;

/// <summary>What an exception of the transport means in gRPC.</summary>
internal static class Failures
{
    public static Status StatusOf(Exception error, DateTime? deadline)
    {
        if (error is RpcException rpc) return rpc.Status;
        var code = CodeOf(error);

        // The server saw the deadline pass, and its reset overtook this side's timer.
        if (code == StatusCode.Cancelled && deadline <= DateTime.UtcNow) code = StatusCode.DeadlineExceeded;
        return new Status(code, $"Error in the gRPC call. {Describe(error)}", error);
    }

    private static StatusCode CodeOf(Exception error)
    {
        if (error is OperationCanceledException) return StatusCode.Cancelled;
        for (var cause = error; cause != null; cause = cause.InnerException)
        {
            if (cause is HttpProtocolException protocol) return CodeOfReset(protocol.ErrorCode);
            if (cause is SocketException or IOException) return StatusCode.Unavailable;
        }

        return StatusCode.Internal;
    }

    // HTTP/2's error codes, as gRPC's specification maps them.
    private static StatusCode CodeOfReset(long code) => code switch
    {
        0x7 => StatusCode.Unavailable, // REFUSED_STREAM
        0x8 => StatusCode.Cancelled, // CANCEL
        0xb => StatusCode.ResourceExhausted, // ENHANCE_YOUR_CALM
        0xc => StatusCode.PermissionDenied, // INADEQUATE_SECURITY
        _ => StatusCode.Internal,
    };

    private static string Describe(Exception error) =>
        $"{error.GetType().Name}: {error.Message}{(error.InnerException == null ? "" : $" {Describe(error.InnerException)}")}";
}
