using Microsoft.AspNetCore.Cors.Infrastructure;
using OrleansIngest.Gateway.Grpc;
using OrleansIngest.Gateway.Ietf;
using OrleansIngest.Gateway.Media;
using OrleansIngest.Gateway.Tus;
using OrleansIngest.Gateway.Uploads;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>Which web pages may use the server: none but those whose origin the configuration names.</summary>
internal static class Cors
{
    /// <summary>A day: without it each photo would cost a preflight.</summary>
    private static readonly TimeSpan s_preflightMaxAge = TimeSpan.FromDays(1);

    public static void AddNamedOrigins(this IServiceCollection services, IngestOptions options) =>
        services.AddCors(cors => cors.AddDefaultPolicy(policy => Allow(policy, options)));

    /// <summary>Where no page may, no request has to be asked whether it comes from one.</summary>
    public static void UseNamedOrigins(this WebApplication app, IngestOptions options)
    {
        if (options.CorsOrigins.Length > 0)
            app.UseCors();
    }

    private static void Allow(CorsPolicyBuilder policy, IngestOptions options) => policy
        .WithOrigins(options.CorsOrigins.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        .WithMethods("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
        .AllowAnyHeader()
        .WithExposedHeaders([.. TusHeaders.Exposed, .. IetfHeaders.Exposed, .. UploadAnswers.Exposed, .. MediaEndpoint.Exposed, "Grpc-Status", "Grpc-Message", GrpcProblems.Trailer])
        .SetPreflightMaxAge(s_preflightMaxAge);
}
