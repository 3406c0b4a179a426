using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Api;

/// <summary>Pages of any origin may ask, but never with their visitor's credentials.</summary>
[Collection(ApiCollection.Name)]
public sealed class AnyOriginTests(ApiServer fixture)
{
    private const string Origin = "https://anywhere.example";

    [Theory]
    [InlineData("GET", "/healthz", 200)]
    [InlineData("GET", "/nowhere", 404)]
    [InlineData("OPTIONS", "/files", 204)]
    public async Task No_credentials_are_taken(string method, string path, int status)
    {
        var request = new HttpTest(method, path) { Status = status, Headers = { ["Origin"] = Origin } };
        if (method == "OPTIONS")
            request = request.With("Access-Control-Request-Method", "PATCH");

        var answer = await request.Run(fixture.Server);

        Assert.Equal("*", answer["Access-Control-Allow-Origin"]);
        Assert.Null(answer["Access-Control-Allow-Credentials"]);
    }
}
