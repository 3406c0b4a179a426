using System.Reflection;
using OrleansIngest.Grains.Jobs;

namespace OrleansIngest.Unit.Tests.Rules;

/// <summary>What travels between grains and their callers, and what grains keep.</summary>
internal static class Messages
{
    private const BindingFlags Members =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Type[] s_types = typeof(Job).Assembly.GetTypes();

    public static IReadOnlyList<Type> GrainInterfaces { get; } =
        [.. s_types.Where(t => t.IsInterface && typeof(IGrain).IsAssignableFrom(t))];

    public static IReadOnlyList<MethodInfo> Methods { get; } = [.. GrainInterfaces.SelectMany(t => t.GetMethods())];

    /// <summary>All types that messages are made of, ours and others.</summary>
    public static IReadOnlySet<Type> Parts { get; } =
        Closure(Methods.SelectMany(m => m.GetParameters().Select(p => p.ParameterType).Append(m.ReturnType)));

    /// <summary>Our own types that messages are made of; enums need nothing.</summary>
    public static IReadOnlyList<Type> Own { get; } = [.. Parts.Where(t => IsOurs(t) && !t.IsEnum)];

    /// <summary>Our own types that grains keep, which may change.</summary>
    public static IReadOnlyList<Type> Kept { get; } =
        [.. Closure(StateTypes()).Where(t => IsOurs(t) && !t.IsEnum).Except(Own)];

    /// <summary>
    /// The properties that are part of a message: those with a setter, even if it is init-only.
    /// </summary>
    public static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(Members).Where(p => p.SetMethod is not null);

    private static IEnumerable<Type> StateTypes() =>
        from grain in s_types
        where typeof(Grain).IsAssignableFrom(grain)
        from parameter in grain.GetConstructors().Single().GetParameters()
        where parameter.ParameterType.Name == "IPersistentState`1"
        select parameter.ParameterType.GenericTypeArguments[0];

    private static HashSet<Type> Closure(IEnumerable<Type> roots)
    {
        var (seen, open) = (new HashSet<Type>(), new Queue<Type>(roots));
        while (open.TryDequeue(out var type))
        {
            if (!seen.Add(type))
                continue;
            foreach (var part in PartsOf(type))
                open.Enqueue(part);
        }
        return seen;
    }

    private static IEnumerable<Type> PartsOf(Type type)
    {
        var inside = type.IsArray ? [type.GetElementType()!] : type.GenericTypeArguments;
        return IsOurs(type) ? inside.Concat(Properties(type).Select(p => p.PropertyType)) : inside;
    }

    private static bool IsOurs(Type type) =>
        type.Assembly.GetName().Name!.StartsWith("OrleansIngest.", StringComparison.Ordinal);
}
