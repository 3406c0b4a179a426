using OrleansIngest.Grains.Devices;

namespace OrleansIngest.Component.Tests.Engine;

/// <summary>What the product relies on of Orleans, on the real packages.</summary>
public sealed class GrainTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>
    /// Orleans' ADO.NET storage reads a key of hexadecimal digits as a number; the
    /// product's keys have a prefix.
    /// </summary>
    [Theory]
    [InlineData("abc", "ABC")]
    [InlineData("abc", "0abc")]
    [InlineData("1", "01")]
    [InlineData("0123456789abcdef0123456789abcdef", "0123456789ABCDEF0123456789ABCDEF")]
    public async Task Keys_that_look_like_the_same_hexadecimal_number_have_states_of_their_own(string one, string other)
    {
        await using (var silo = await TestSilo.Start(_folder.Path))
        {
            await silo.Grain(DeviceGrain.KeyPrefix + one).Write("one");
            await silo.Grain(DeviceGrain.KeyPrefix + other).Write("other");
        }

        await using var restarted = await TestSilo.Start(_folder.Path);
        Assert.Equal("one", await restarted.Grain(DeviceGrain.KeyPrefix + one).Read());
        Assert.Equal("other", await restarted.Grain(DeviceGrain.KeyPrefix + other).Read());
    }

    /// <summary>
    /// A call that meets one ending activation after another is rejected,
    /// and such a call was not made.
    /// </summary>
    [Fact]
    public async Task A_key_has_one_activation_at_a_time_and_no_call_is_lost_or_made_twice()
    {
        await using var silo = await TestSilo.Start(_folder.Path);
        var grain = silo.Grain("busy");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var call = 0; call < 250; call++)
            {
                var leave = Accepted(grain.Leave);
                await Accepted(grain.Activation);
                await leave;
            }
        }))).WaitAsync(s_patience, TestContext.Current.CancellationToken);

        Assert.Equal(1000, silo.Log.Entries.Count(entry => entry == "called"));
        Assert.Equal(1, silo.Log.MostAtOnce);
    }

    [Fact]
    public async Task A_call_that_timed_out_goes_on_and_the_grain_answers_afterwards()
    {
        await using var silo = await TestSilo.Start(_folder.Path, TimeSpan.FromSeconds(1));
        var grain = silo.Grain("slow");
        var activation = await grain.Activation();

        await Assert.ThrowsAsync<TimeoutException>(grain.Pass);
        Assert.Equal(["called", "began"], silo.Log.Entries);
        await grain.LetGo();

        Assert.Equal(activation, await AnswersAgain(grain));
        Assert.Equal(["called", "began", "ended", "called"], silo.Log.Entries);
    }

    private static async Task Accepted(Func<Task> call)
    {
        while (true)
        {
            try
            {
                await call();
                return;
            }
            catch (OrleansMessageRejectionException)
            {
                await Task.Yield();
            }
        }
    }

    /// <summary>The activation that answers one more call.</summary>
    private static async Task<Guid> AnswersAgain(IProbeGrain grain) =>
        await grain.Activation().WaitAsync(s_patience, TestContext.Current.CancellationToken);
}
