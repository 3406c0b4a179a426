using System.Collections.Concurrent;
using System.Reflection;

namespace Orleans.Runtime;

/// <summary>The grain classes of the program, found in the loaded assemblies and in all that these refer to.</summary>
internal sealed class GrainClasses
{
    private readonly Lazy<List<GrainClass>> _classes = new(() => [.. FindTypes().Select(type => new GrainClass(type))]);
    private readonly ConcurrentDictionary<(Type, string?), GrainClass> _chosen = new();

    /// <summary>The class that implements a grain interface.</summary>
    /// <exception cref="ArgumentException">There is none, or more than one; the message says which.</exception>
    public GrainClass For(Type grainInterface, string? namePrefix) =>
        _chosen.GetOrAdd((grainInterface, namePrefix), static (wanted, self) => self.Choose(wanted.Item1, wanted.Item2), this);

    private GrainClass Choose(Type grainInterface, string? namePrefix)
    {
        var candidates = _classes.Value.FindAll(candidate => grainInterface.IsAssignableFrom(candidate.Type));
        if (namePrefix is not null)
            candidates.RemoveAll(candidate => !candidate.Type.FullName!.StartsWith(namePrefix, StringComparison.Ordinal));

        return candidates.Count == 1 ? candidates[0] : throw new ArgumentException(
            $"{grainInterface} needs one grain class, but has: [{string.Join(", ", candidates.Select(c => c.Type))}].",
            nameof(grainInterface));
    }

    private static IEnumerable<Type> FindTypes()
    {
        var self = typeof(Grain).Assembly.GetName().Name;
        return LoadAssemblies()
            .Where(assembly => assembly.GetReferencedAssemblies().Any(name => name.Name == self))
            .SelectMany(LoadableTypes)
            .Where(type => type is { IsAbstract: false, ContainsGenericParameters: false } && type.IsSubclassOf(typeof(Grain)));
    }

    private static HashSet<Assembly> LoadAssemblies()
    {
        HashSet<Assembly> seen = [];
        Stack<Assembly> todo = new(AppDomain.CurrentDomain.GetAssemblies());
        while (todo.TryPop(out var assembly))
        {
            if (assembly.IsDynamic || IsPlatform(assembly.GetName()) || !seen.Add(assembly)) continue;
            foreach (var name in assembly.GetReferencedAssemblies())
            {
                if (!IsPlatform(name) && TryLoad(name) is { } referenced) todo.Push(referenced);
            }
        }

        return seen;
    }

    private static bool IsPlatform(AssemblyName assembly) =>
        assembly.Name is "mscorlib" or "netstandard" or "System" or "WindowsBase"
        || assembly.Name!.StartsWith("System.", StringComparison.Ordinal)
        || assembly.Name.StartsWith("Microsoft.", StringComparison.Ordinal);

    // An assembly that isn't there is for its user to complain about.
    private static Assembly? TryLoad(AssemblyName name)
    {
        try
        {
            return Assembly.Load(name);
        }
        catch (Exception error) when (error is IOException or BadImageFormatException)
        {
            return null;
        }
    }

    private static IEnumerable<Type> LoadableTypes(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException error)
        {
            return error.Types.OfType<Type>();
        }
    }
}
