namespace OrleansIngest.LoadTests.Support;

/// <summary>Helpers for the command lines of load tests.</summary>
public static class Arguments
{
    /// <summary>
    /// Parses a command line. If an option is given twice, the last value counts.
    /// </summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="options">The defaults.</param>
    /// <param name="with">
    /// Returns the options with one option changed. Its arguments are the options, the name, and a
    /// function that takes the value.
    /// </param>
    /// <exception cref="FormatException">
    /// A value is missing, or <paramref name="with"/> does not accept it.
    /// </exception>
    public static T Read<T>(IEnumerable<string> arguments, T options, Func<T, string, Func<string>, T> with)
    {
        var left = new Queue<string>(arguments);
        while (left.TryDequeue(out var name))
            options = with(
                options, name,
                () => left.TryDequeue(out var value) ? value : throw new FormatException($"{name} needs a value"));
        return options;
    }

    /// <summary>
    /// The elements whose keys a comma-separated list names, in the order of the list.
    /// </summary>
    /// <exception cref="FormatException">A key is unknown.</exception>
    public static IReadOnlyList<T> Pick<T>(string keys, IReadOnlyList<T> all, Func<T, string> key) =>
        [
            .. keys.Split(',').Select(k => all.FirstOrDefault(one => key(one) == k)
                ?? throw new FormatException($"{k} is not one of {string.Join(',', all.Select(key))}")),
        ];
}
