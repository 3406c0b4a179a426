using OrleansIngest.Storage;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// How the descriptors of this process are shared out: each connection is one, and so is each file that a request has
/// open. They must
/// never be used up: then no file can be opened, and .NET remembers for good that it could not load a part of the
/// program.
/// </summary>
/// <param name="Limit">How many there are.</param>
/// <param name="Connections">Connections that are served at once.</param>
/// <param name="Told">Connections beyond them that are told to come again.</param>
/// <param name="Files">Files that requests may have open at once.</param>
internal sealed record Descriptors(long Limit, int Connections, int Told, int Files)
{
    /// <summary>
    /// For the process itself: two for each file of the program and of the framework (some 160 of them), the databases,
    /// the grains' sockets.
    /// </summary>
    private const int Reserve = 448;

    /// <summary>With fewer the program does not start, or serves hardly anybody.</summary>
    private const int Least = Reserve + 64;

    private const int MaxTold = 256;

    /// <summary>
    /// How many there are, raised as far as this process may. To be called first: without them not even the program's
    /// files can be read.
    /// </summary>
    /// <exception cref="ConfigurationException">There are too few.</exception>
    public static long Raise() => DescriptorLimit.Raise() is var limit && limit < Least
        ? throw new ConfigurationException(
            $"This process may open {limit} files and connections, and needs {Least} at least: "
            + "raise the limit (ulimit -n, LimitNOFILE=).")
        : limit;

    /// <summary>
    /// Shares out so many: enough for <paramref name="maxConnections"/> if possible, else half of them for connections
    /// and half for files.
    /// </summary>
    public static Descriptors Share(long limit, int maxConnections)
    {
        var spare = limit - Reserve;
        if (spare >= (2L * maxConnections) + MaxTold)
        {
            var files = (int)Math.Min(spare - maxConnections - MaxTold, int.MaxValue);
            return new Descriptors(limit, maxConnections, MaxTold, files);
        }
        var told = (int)Math.Min(MaxTold, spare / 8);
        var connections = (int)Math.Min((spare - told) / 2, maxConnections);
        return new Descriptors(limit, connections, told, (int)Math.Min(spare - told - connections, int.MaxValue));
    }

    /// <summary>Says so in a line if fewer connections are served than was asked for.</summary>
    public void Tell(int maxConnections)
    {
        if (Connections < maxConnections)
        {
            Console.WriteLine(
                $"This process may open {Limit} files and connections: {Connections} connections are served at once, "
                + $"not {maxConnections}. For more, raise the limit (ulimit -n, LimitNOFILE=).");
        }
    }
}
