using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

/// <summary>The server of the tests of tus and the IETF protocol. It sends 104s.</summary>
public sealed class TusServer() : ServerFixture(
    $"MaxUploadSize={MaxSize}", $"CorsOrigins={Origin},https://another.example", "Interim=on")
{
    public const long MaxSize = 8 << 20;
    public const string Origin = "https://dashboard.example";
}

[CollectionDefinition(Name)]
public sealed class TusCollection : ICollectionFixture<TusServer>
{
    public const string Name = "tus";
}
