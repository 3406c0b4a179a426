using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Orleans.Calls;

/// <summary>A method of a grain interface, ready to be called on both sides.</summary>
internal abstract class GrainMethod
{
    private static readonly ConcurrentDictionary<MethodInfo, GrainMethod> Known = new();

    protected GrainMethod(MethodInfo method)
    {
        Method = method;
        IsOneWay = method.IsDefined(typeof(OneWayAttribute));
        AlwaysInterleaves = method.IsDefined(typeof(AlwaysInterleaveAttribute));
        ResponseTimeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout;
        InvokeAsync = Compile(method);
    }

    public MethodInfo Method { get; }

    public bool IsOneWay { get; }

    public bool AlwaysInterleaves { get; }

    public TimeSpan? ResponseTimeout { get; }

    /// <summary>Calls the method of an instance; value tasks become tasks.</summary>
    public Func<object, object?[], Task> InvokeAsync { get; }

    public static GrainMethod Of(MethodInfo method) => Known.GetOrAdd(method, Create);

    /// <summary>The reason why an interface can't be a grain's, or null.</summary>
    public static string? WhyRefused(Type grainInterface)
    {
        var odd = grainInterface.GetInterfaces().Append(grainInterface)
            .SelectMany(type => type.GetMethods())
            .FirstOrDefault(method => method.IsAbstract && ResultOf(method.ReturnType) is null);
        return odd is null ? null : $"{odd.DeclaringType}.{odd.Name} returns {odd.ReturnType}. "
            + "Methods of grain interfaces return Task, Task<T>, ValueTask or ValueTask<T>.";
    }

    /// <summary>Makes a call and returns what the interface says: a task or value task.</summary>
    public abstract object Call(Silo silo, GrainProxy target, object?[] arguments);

    protected static bool IsValueTask(Type type) =>
        type == typeof(ValueTask) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>));

    private static GrainMethod Create(MethodInfo method) => (GrainMethod)Activator.CreateInstance(
        typeof(GrainMethod<>).MakeGenericType(ResultOf(method.ReturnType)!), method)!;

    private static Type? ResultOf(Type type)
    {
        if (type == typeof(Task) || type == typeof(ValueTask)) return typeof(object);
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        return definition == typeof(Task<>) || definition == typeof(ValueTask<>) ? type.GetGenericArguments()[0] : null;
    }

    private static Func<object, object?[], Task> Compile(MethodInfo method)
    {
        var (target, arguments) = (Expression.Parameter(typeof(object)), Expression.Parameter(typeof(object[])));
        Expression call = Expression.Call(
            Expression.Convert(target, method.DeclaringType!),
            method,
            method.GetParameters().Select((parameter, i) => Expression.Convert(
                Expression.ArrayIndex(arguments, Expression.Constant(i)), parameter.ParameterType)));
        if (IsValueTask(method.ReturnType)) call = Expression.Call(call, nameof(ValueTask.AsTask), null);
        return Expression.Lambda<Func<object, object?[], Task>>(call, target, arguments).Compile();
    }
}

/// <summary>A method with its result; one without a result has a null object for it.</summary>
internal sealed class GrainMethod<T>(MethodInfo method) : GrainMethod(method)
{
    // The caller of a one-way method hears of nothing, not even of what a filter on its own side throws.
    private static readonly Task<T> Sent = Task.FromResult<T>(default!);

    private readonly Func<Task<T>, object> _wrap =
        !IsValueTask(method.ReturnType) ? task => task
        : method.ReturnType == typeof(ValueTask) ? task => new ValueTask(task)
        : task => new ValueTask<T>(task);

    public override object Call(Silo silo, GrainProxy target, object?[] arguments)
    {
        var reply = silo.OutgoingFilters.Length == 0
            ? Send(silo, target, arguments)
            : SendFilteredAsync(silo, target, arguments);
        return _wrap(IsOneWay ? Sent : reply);
    }

    private Task<T> Send(Silo silo, GrainProxy target, object?[] arguments)
    {
        var call = new GrainCall<T>(silo, this, arguments)
        {
            Interleaves = AlwaysInterleaves || target.Target.Class.IsReentrant,
            Deadline = IsOneWay ? long.MaxValue : silo.DeadlineAfter(ResponseTimeout),
        };
        silo.Post(target.Target, call);
        return call.Reply;
    }

    private async Task<T> SendFilteredAsync(Silo silo, GrainProxy target, object?[] arguments)
    {
        var context = new OutgoingCall(silo.OutgoingFilters, target, Method, async () => await Send(silo, target, arguments));
        await context.Invoke();
        return (T)context.Result!;
    }

}
