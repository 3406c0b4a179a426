using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains.Calls;

namespace OrleansIngest.Unit.Tests.Gateway;

/// <summary>
/// A grain that does not answer is asked again, and after that the
/// client is told when to come again.
/// </summary>
public sealed class GrainCallsTests
{
    private int _calls;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_call_that_fails_now_and_then_is_repeated(int failures) =>
        Assert.Equal(
            failures + 1,
            await GrainCalls.Call(() => ++_calls > failures ? Task.FromResult(_calls) : throw new TimeoutException()));

    [Fact]
    public async Task One_that_fails_again_and_again_is_for_later()
    {
        var failure = await Assert.ThrowsAsync<GrainUnavailableException>(() =>
            GrainCalls.Call(() => Fail(new TimeoutException())));

        var problem = StorageProblems.Of(failure)!;
        Assert.IsType<TimeoutException>(problem.InnerException);
        Assert.Equal((3, ProblemKind.Unavailable, "2"), (_calls, problem.Kind, problem.Headers["Retry-After"]));
    }

    [Fact]
    public async Task What_would_fail_again_is_not_repeated()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            GrainCalls.Call(() => Fail(new InvalidOperationException())));

        Assert.Equal(1, _calls);
    }

    private Task<int> Fail(Exception why)
    {
        _calls++;
        throw why;
    }
}
