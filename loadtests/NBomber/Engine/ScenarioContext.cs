using NBomber.Contracts;

namespace NBomber.Engine;

/// <summary>One copy of a scenario.</summary>
internal sealed class ScenarioContext(ScenarioPhase phase, int number) : IScenarioContext
{
    public ScenarioInfo ScenarioInfo { get; } = new(number, phase.Scenario.ScenarioName);

    public CancellationToken ScenarioCancellationToken => phase.Over;

    /// <summary>
    /// Runs one iteration. Its latency counts from the time at which it was meant to start.
    /// </summary>
    public async Task Iterate(TimeSpan start)
    {
        if (await Measured(() => phase.Scenario.Run(this)) is { } response)
            phase.Record(response, start);
    }

    public async Task<Response<T>> Step<T>(string name, Func<Task<Response<T>>> run)
    {
        var start = phase.Now;
        var response = await Measured(async () => await run()) ?? throw new IgnoreMeasurementException();
        phase.RecordStep(name, response, start);
        return response.IsError ? throw new FailedStepException(response) : (Response<T>)response;
    }

    /// <summary>Turns every outcome into a response; null if it does not count.</summary>
    private static async Task<IResponse?> Measured(Func<Task<IResponse>> run)
    {
        try
        {
            return await run();
        }
        catch (IgnoreMeasurementException)
        {
            return null;
        }
        catch (FailedStepException e)
        {
            return e.Response;
        }
        catch (OperationCanceledException e)
        {
            return Failure("-100", e);
        }
        catch (Exception e)
        {
            return Failure("-101", e);
        }
    }

    private static Response<object> Failure(string code, Exception e) =>
        CSharp.Response.Fail(code, $"{e.GetType().Name}: {e.Message}");

    /// <summary>Ends the iteration of a step that failed.</summary>
    private sealed class FailedStepException(IResponse response) : Exception
    {
        public IResponse Response => response;
    }
}
