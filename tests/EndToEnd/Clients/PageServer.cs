using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Clients;

/// <summary>The server to which the browser's page uploads.</summary>
public sealed class PageServer() : ServerFixture(
    $"CorsOrigins={Browser.Origin}", $"MaxOpenUploads={MaxOpenUploads}", "Interim=on")
{
    public const int MaxOpenUploads = 20;
}

[CollectionDefinition(Name)]
public sealed class BrowserCollection : ICollectionFixture<PageServer>, ICollectionFixture<Browser>
{
    public const string Name = "browser";
}
