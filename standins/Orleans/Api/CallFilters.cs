using System.Reflection;

namespace Orleans;

/// <summary>One grain call on its way through the filters.</summary>
public interface IGrainCallContext
{
    /// <summary>The grain on its own side; a reference to it on the caller's.</summary>
    object Grain { get; }

    /// <summary>The called interface's name.</summary>
    string InterfaceName { get; }

    /// <summary>The called method's name.</summary>
    string MethodName { get; }

    /// <summary>The called method, as the interface declares it.</summary>
    MethodInfo InterfaceMethod { get; }

    /// <summary>The result, once <see cref="Invoke"/> is done; a filter may replace it.</summary>
    object? Result { get; set; }

    /// <summary>Goes on to the next filter and in the end to the grain.</summary>
    Task Invoke();
}

/// <summary>A call on the grain's side; filters run as part of the grain's turn.</summary>
public interface IIncomingGrainCallContext : IGrainCallContext;

/// <summary>A call on the caller's side.</summary>
public interface IOutgoingGrainCallContext : IGrainCallContext;

/// <summary>Code around every call on the grain's side.</summary>
public interface IIncomingGrainCallFilter
{
    /// <summary>Must call <see cref="IGrainCallContext.Invoke"/>, set a result, or throw.</summary>
    Task Invoke(IIncomingGrainCallContext context);
}

/// <summary>Code around every call on the caller's side; its time is not part of the response time.</summary>
public interface IOutgoingGrainCallFilter
{
    /// <summary>Must call <see cref="IGrainCallContext.Invoke"/>, set a result, or throw.</summary>
    Task Invoke(IOutgoingGrainCallContext context);
}
