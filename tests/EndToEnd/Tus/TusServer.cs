using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

/// <summary>The server of the tus tests.</summary>
public sealed class TusServer() : ServerFixture($"MaxUploadSize={MaxSize}", $"CorsOrigins={Origin},https://another.example")
{
    public const long MaxSize = 8 << 20;
    public const string Origin = "https://dashboard.example";
}

[CollectionDefinition(Name)]
public sealed class TusCollection : ICollectionFixture<TusServer>
{
    public const string Name = "tus";
}
