using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Api;

/// <summary>
/// The server of the tests of the gRPC API and the feed. Pages of any origin may use it.
/// </summary>
public sealed class ApiServer() : ServerFixture("CorsOrigins=*");

[CollectionDefinition(Name)]
public sealed class ApiCollection : ICollectionFixture<ApiServer>
{
    public const string Name = "api";
}

/// <summary>The statuses of gRPC, by their numbers on the wire.</summary>
internal static class Status
{
    public const int InvalidArgument = 3;
    public const int NotFound = 5;
    public const int ResourceExhausted = 8;
    public const int FailedPrecondition = 9;
}
