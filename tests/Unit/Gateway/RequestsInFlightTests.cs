using Microsoft.AspNetCore.Http;
using OrleansIngest.Gateway.Hosting;

namespace OrleansIngest.Unit.Tests.Gateway;

/// <summary>The end of the process waits for those who wait for an answer.</summary>
public sealed class RequestsInFlightTests
{
    private readonly RequestsInFlight _inFlight = new();

    [Fact]
    public void Without_any_nobody_waits() => Assert.True(_inFlight.Answered().IsCompletedSuccessfully);

    [Fact]
    public void The_last_answer_ends_the_waiting()
    {
        Assert.True(_inFlight.Begin(Request("PATCH")));
        Assert.True(_inFlight.Begin(Request("POST")));
        var answered = _inFlight.Answered();

        _inFlight.End();
        Assert.False(answered.IsCompleted);
        _inFlight.End();

        Assert.True(answered.IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    public void Nobody_waits_for_those_who_only_read(string method)
    {
        Assert.False(_inFlight.Begin(Request(method)));

        Assert.True(_inFlight.Answered().IsCompletedSuccessfully);
    }

    private static HttpRequest Request(string method)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = method;
        return request;
    }
}
