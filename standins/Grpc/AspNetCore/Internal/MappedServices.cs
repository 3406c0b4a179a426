using Grpc.Core;
using Grpc.Core.Internal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>Remembers what is mapped, and answers gRPC calls of anything else with UNIMPLEMENTED instead of HTTP's 404.</summary>
internal sealed class MappedServices
{
    private readonly HashSet<string> _mapped = [];

    public IEnumerable<IEndpointConventionBuilder> MapUnknown(IEndpointRouteBuilder endpoints, IEnumerable<string> serviceNames)
    {
        if (_mapped.Add("*")) yield return Map(endpoints, "{service}", "Service is unimplemented.");
        foreach (var name in serviceNames.Where(_mapped.Add)) yield return Map(endpoints, name, "Method is unimplemented.");
    }

    private static IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, string service, string detail)
    {
        var pattern = RoutePatternFactory.Parse($"/{service}/{{method}}", defaults: null, parameterPolicies: new { method = new GrpcRequestConstraint() });
        return endpoints.Map(pattern, http => RefuseAsync(http, detail)).WithDisplayName($"gRPC - {detail} {service}");
    }

    private static Task RefuseAsync(HttpContext http, string detail)
    {
        if (Protocol.IsCorsPreflight(http.Request))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        http.Response.ContentType = Wire.ContentType;
        Protocol.SetStatus(http.Response.Headers, new Status(StatusCode.Unimplemented, detail));
        return Task.CompletedTask;
    }

    private sealed class GrpcRequestConstraint : IRouteConstraint
    {
        public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
            httpContext?.Request is { } request
            && (Protocol.IsCorsPreflight(request) || (HttpMethods.IsPost(request.Method) && Protocol.IsAnyGrpc(request.ContentType)));
    }
}
