using System.Reflection;

namespace Orleans.Calls;

/// <summary>A call on its way through the filters of one side.</summary>
/// <param name="grain">The grain, or the reference to it.</param>
/// <param name="method">The interface's method.</param>
/// <param name="filters">How many filters there are.</param>
/// <param name="last">What the last filter goes on to; returns the result.</param>
internal abstract class CallContext(object grain, MethodInfo method, int filters, Func<Task<object?>> last) : IGrainCallContext
{
    private int _next;

    public object Grain => grain;

    public string InterfaceName => method.DeclaringType!.FullName!;

    public string MethodName => method.Name;

    public MethodInfo InterfaceMethod => method;

    public object? Result { get; set; }

    public async Task Invoke()
    {
        var step = _next++;
        if (step < filters) await CallFilter(step);
        else if (step == filters) Result = await last();
        else throw new InvalidOperationException($"A filter has called {nameof(Invoke)} twice.");
    }

    protected abstract Task CallFilter(int index);
}

internal sealed class IncomingCall(IIncomingGrainCallFilter[] filters, object grain, MethodInfo method, Func<Task<object?>> last)
    : CallContext(grain, method, filters.Length, last), IIncomingGrainCallContext
{
    protected override Task CallFilter(int index) => filters[index].Invoke(this);
}

internal sealed class OutgoingCall(IOutgoingGrainCallFilter[] filters, object grain, MethodInfo method, Func<Task<object?>> last)
    : CallContext(grain, method, filters.Length, last), IOutgoingGrainCallContext
{
    protected override Task CallFilter(int index) => filters[index].Invoke(this);
}
