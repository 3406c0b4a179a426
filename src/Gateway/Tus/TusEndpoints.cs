using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Uploads;

namespace OrleansIngest.Gateway.Tus;

/// <summary>
/// The routes of tus 1.0.0 (https://tus.io/protocols/resumable-upload): uploads are created at <c>/jobs/{job}/uploads</c>,
/// or at <c>/files</c> with the job in the metadata, and live at <c>/jobs/{job}/uploads/{media}</c>.
/// </summary>
internal static class TusEndpoints
{
    public static void MapTus(this IEndpointRouteBuilder routes)
    {
        routes.Map("/files", context => Handle(context, creates: true));
        routes.Map("/jobs/{job}/uploads", context => Handle(context, creates: true));
        routes.Map("/jobs/{job}/uploads/{media}", context => Handle(context, creates: false));
    }

    private static Task Handle(HttpContext context, bool creates)
    {
        var method = EffectiveMethod(context.Request);
        context.Request.Method = method;
        if (HttpMethods.IsOptions(method))
        {
            Discover(context);
            return Task.CompletedTask;
        }
        CheckVersion(context);
        // Kestrel's minimum data rate would cut slow phones off; BodyReceiver has its own idea of silence.
        context.Features.Get<Microsoft.AspNetCore.Server.Kestrel.Core.Features.IHttpMinRequestBodyDataRateFeature>()?.MinDataRate = null;
        var leftovers = context.RequestServices.GetRequiredService<Leftovers>();
        context.Response.OnCompleted(leftovers.Free);
        return context.RequestServices.GetRequiredService<TusHandler>().Handle(context, method, creates);
    }

    /// <summary>The method that is meant, whatever the real one: for networks that let only GET and POST through.</summary>
    private static string EffectiveMethod(HttpRequest request) =>
        request.Headers[TusHeaders.MethodOverride] is [{ Length: > 0 } method] ? method.ToUpperInvariant() : request.Method;

    private static void Discover(HttpContext context)
    {
        var options = context.RequestServices.GetRequiredService<Silo.IngestOptions>();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        context.Response.Headers[TusHeaders.Resumable] = TusHeaders.Version;
        context.Response.Headers[TusHeaders.SupportedVersions] = TusHeaders.Version;
        context.Response.Headers[TusHeaders.Extension] = TusHeaders.Extensions;
        context.Response.Headers[TusHeaders.ChecksumAlgorithm] = TusChecksum.Algorithms;
        context.Response.Headers[TusHeaders.MaxSize] = options.MaxUploadBytes.ToString();
    }

    private static void CheckVersion(HttpContext context)
    {
        context.Response.Headers[TusHeaders.Resumable] = TusHeaders.Version;
        if (HttpMethods.IsGet(context.Request.Method))
            return; // a browser that visits
        if (context.Request.Headers[TusHeaders.Resumable] != TusHeaders.Version)
            throw new ProblemException(ProblemKind.UnsupportedVersion, "Send `Tus-Resumable: 1.0.0`.")
                .WithHeader(TusHeaders.SupportedVersions, TusHeaders.Version);
    }
}
