namespace OrleansIngest.LoadTests.Support;

/// <summary>What load tests do with their command lines.</summary>
public static class Arguments
{
    /// <summary>Reads it; a later option counts more than an earlier one.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="options">What holds where it says nothing.</param>
    /// <param name="with">Those options with another one, of this name, and the way to take its value.</param>
    /// <exception cref="FormatException">A value is missing, or <paramref name="with"/> does not understand it.</exception>
    public static T Read<T>(IEnumerable<string> arguments, T options, Func<T, string, Func<string>, T> with)
    {
        var left = new Queue<string>(arguments);
        while (left.TryDequeue(out var name))
            options = with(options, name, () => left.TryDequeue(out var value) ? value : throw new FormatException($"{name} needs a value"));
        return options;
    }

    /// <summary>Those of all whose keys are given, separated by commas, in that order.</summary>
    /// <exception cref="FormatException">There is none with such a key.</exception>
    public static IReadOnlyList<T> Pick<T>(string keys, IReadOnlyList<T> all, Func<T, string> key) =>
        [.. keys.Split(',').Select(k => all.FirstOrDefault(one => key(one) == k) ?? throw new FormatException($"{k} is not one of {string.Join(',', all.Select(key))}"))];
}
