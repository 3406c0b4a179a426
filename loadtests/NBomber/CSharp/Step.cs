using NBomber.Contracts;
using NBomber.Engine;

namespace NBomber.CSharp;

/// <summary>A part of an iteration that is measured separately.</summary>
public static class Step
{
    /// <summary>
    /// Runs and measures the step. A step that fails ends its iteration, which then has failed with
    /// the same response.
    /// </summary>
    public static Task<Response<T>> Run<T>(string name, IScenarioContext context, Func<Task<Response<T>>> run) =>
        ((ScenarioContext)context).Step(name, run);
}
