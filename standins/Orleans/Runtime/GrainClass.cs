using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Core;
using Orleans.Storage;

namespace Orleans.Runtime;

/// <summary>A class of grains: how it is constructed and how its requests may interleave.</summary>
internal sealed class GrainClass
{
    private readonly ParameterInfo[] _stateParameters;
    private readonly ObjectFactory _factory;

    public GrainClass(Type type)
    {
        Type = type;
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute), inherit: true);
        _stateParameters = [.. Constructor(type).GetParameters().Where(p => p.IsDefined(typeof(PersistentStateAttribute)))];
        _factory = ActivatorUtilities.CreateFactory(type, [.. _stateParameters.Select(p => p.ParameterType)]);
    }

    public Type Type { get; }

    public bool IsReentrant { get; }

    /// <summary>Makes an instance, and the states that must be read before it is used.</summary>
    public Grain Construct(Activation activation, out IReadOnlyList<IStorage> states)
    {
        states = [.. _stateParameters.Select(parameter => CreateState(activation, parameter))];
        return (Grain)_factory(activation.Services, [.. states]);
    }

    private static IStorage CreateState(Activation activation, ParameterInfo parameter)
    {
        var name = parameter.GetCustomAttribute<PersistentStateAttribute>()!;
        var storage = activation.Silo.Storage(name.StorageName);
        var state = typeof(PersistentState<>).MakeGenericType(parameter.ParameterType.GetGenericArguments());
        return (IStorage)Activator.CreateInstance(state, storage, name.StateName, activation.Id.Key)!;
    }

    private static ConstructorInfo Constructor(Type type) =>
        type.GetConstructors().MaxBy(constructor => constructor.GetParameters().Length)
        ?? throw new InvalidOperationException($"{type} has no public constructor.");
}
