using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using OrleansIngest.Gateway.Protocols;
using OrleansIngest.Gateway.Protocols.Ietf;
using OrleansIngest.Gateway.Protocols.Plain;
using OrleansIngest.Gateway.Protocols.Tus;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Uploads;

/// <summary>
/// The routes of uploads, which all protocols share. Clients create uploads at
/// <c>/jobs/{job}/uploads</c>, or at <c>/files</c> if they know only one fixed URL. The URL of an
/// upload is <c>/jobs/{job}/uploads/{media}</c>. <c>curl -T</c> appends the name of the file to the
/// URL of a creation, so a creation may also have a last segment.
/// </summary>
internal sealed class UploadEndpoints(TusHandler tus, IetfHandler ietf, PlainHandler plain, IngestOptions options)
{
    /// <summary>Adds the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        // Created with the first request: the routes are added before the data folder is checked,
        // and the services need the checked data folder.
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
        // Kestrel's minimum data rate would disconnect slow phones. UploadOptions.BodySilence
        // limits how long a body may stall instead.
        context.Features.Get<IHttpMinRequestBodyDataRateFeature>()?.MinDataRate = null;
        return UploadProtocols.Of(request, creates) switch
        {
            UploadProtocol.Tus => tus.Handle(context, creates),
            UploadProtocol.Ietf => ietf.Handle(context, creates),
            _ => plain.Handle(context, creates),
        };
    }

    /// <summary>
    /// Answers OPTIONS with the capabilities of the server in the headers of each protocol.
    /// </summary>
    private Task Discover(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        TusHeaders.Discover(context.Response.Headers, options);
        IetfHeaders.Discover(context.Response.Headers, options);
        return Task.CompletedTask;
    }
}
