using Grpc.AspNetCore.Web.Internal;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Options of gRPC-Web.</summary>
public sealed class GrpcWebOptions
{
    /// <summary>Whether services speak gRPC-Web without <c>EnableGrpcWeb</c>. Default no.</summary>
    public bool DefaultEnabled { get; set; }
}

/// <summary>Adds gRPC-Web to an application.</summary>
public static class GrpcWebApplicationBuilderExtensions
{
    /// <summary>Serves gRPC-Web for the services that enable it; after routing.</summary>
    public static IApplicationBuilder UseGrpcWeb(this IApplicationBuilder builder) => builder.UseGrpcWeb(new GrpcWebOptions());

    /// <summary>Serves gRPC-Web, with options; after routing.</summary>
    public static IApplicationBuilder UseGrpcWeb(this IApplicationBuilder builder, GrpcWebOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return builder.Use(next => new GrpcWebMiddleware(next, options).InvokeAsync);
    }
}

/// <summary>Enables gRPC-Web for endpoints.</summary>
public static class GrpcWebEndpointConventionBuilderExtensions
{
    /// <summary>Lets these endpoints speak gRPC-Web, on HTTP/1.1 as well.</summary>
    public static TBuilder EnableGrpcWeb<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(new GrpcWebEnabled()));
        return builder;
    }
}
