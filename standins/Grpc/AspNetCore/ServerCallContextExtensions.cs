using Grpc.AspNetCore.Server.Internal;
using Microsoft.AspNetCore.Http;

namespace Grpc.Core;

/// <summary>The way from a call to its HTTP request.</summary>
public static class ServerCallContextExtensions
{
    /// <summary>The HTTP request that carries the call; a test's own context puts one into <c>UserState["__HttpContext"]</c>.</summary>
    /// <exception cref="InvalidOperationException">The call is not served by ASP.NET Core.</exception>
    public static HttpContext GetHttpContext(this ServerCallContext serverCallContext)
    {
        ArgumentNullException.ThrowIfNull(serverCallContext);
        if (serverCallContext is HttpCallContext call) return call.Http;
        return serverCallContext.UserState.TryGetValue("__HttpContext", out var http) && http is HttpContext context
            ? context
            : throw new InvalidOperationException("This call has no HttpContext: it is not served by ASP.NET Core.");
    }
}
