using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using OrleansIngest.Gateway.Protocols;
using OrleansIngest.Gateway.Protocols.Ietf;
using OrleansIngest.Gateway.Protocols.Plain;
using OrleansIngest.Gateway.Protocols.Tus;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Uploads;

/// <summary>
/// The routes of uploads, the same for every protocol: they are created at <c>/jobs/{job}/uploads</c>, or at <c>/files</c>
/// by clients with one fixed URL, and live at <c>/jobs/{job}/uploads/{media}</c>. <c>curl -T</c> puts a file's name behind either.
/// </summary>
internal sealed class UploadEndpoints(TusHandler tus, IetfHandler ietf, PlainHandler plain, IngestOptions options)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        // Made with the first request: what they need is there when the data folder has been checked.
        var endpoints = new Lazy<UploadEndpoints>(routes.ServiceProvider.GetRequiredService<UploadEndpoints>);
        routes.Map("/files", context => endpoints.Value.Handle(context, creates: true));
        routes.Map("/files/{media}", context => endpoints.Value.Handle(context, creates: false));
        routes.Map("/jobs/{job}/uploads", context => endpoints.Value.Handle(context, creates: true));
        routes.Map("/jobs/{job}/uploads/{media}", context => endpoints.Value.Handle(context, creates: false));
    }

    private Task Handle(HttpContext context, bool creates)
    {
        var request = context.Request;
        request.Method = UploadMethods.Effective(request);
        if (HttpMethods.IsOptions(request.Method))
            return Discover(context);
        // Kestrel's minimum data rate would cut slow phones off; BodyReceiver has its own idea of silence.
        context.Features.Get<IHttpMinRequestBodyDataRateFeature>()?.MinDataRate = null;
        return UploadProtocols.Of(request, creates) switch
        {
            UploadProtocol.Tus => tus.Handle(context, creates),
            UploadProtocol.Ietf => ietf.Handle(context, creates),
            _ => plain.Handle(context, creates),
        };
    }

    /// <summary>What the server can, in each protocol's words.</summary>
    private Task Discover(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        TusHeaders.Discover(context.Response.Headers, options);
        IetfHeaders.Discover(context.Response.Headers, options);
        return Task.CompletedTask;
    }
}
