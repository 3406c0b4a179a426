using OrleansIngest.Storage;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// Divides the file descriptors of this process between connections and open files. They must never
/// run out: no file could be opened then, and .NET caches a failed assembly load for the rest of
/// the process's life.
/// </summary>
/// <param name="Limit">
/// The number of descriptors that the process may have open (<c>RLIMIT_NOFILE</c>).
/// </param>
/// <param name="Connections">The number of connections served at once.</param>
/// <param name="Told">
/// The number of further connections that get a 503 response before they are closed.
/// </param>
/// <param name="Files">The number of files that requests may have open at once.</param>
internal sealed record Descriptors(long Limit, int Connections, int Told, int Files)
{
    /// <summary>
    /// Descriptors kept for the process itself: two for each file of the program and the framework
    /// (about 160 files), and those of the databases and of Orleans' sockets.
    /// </summary>
    private const int Reserve = 448;

    /// <summary>
    /// The smallest usable limit. With fewer descriptors the program does not start, or serves
    /// hardly any connection.
    /// </summary>
    private const int Least = Reserve + 64;

    private const int MaxTold = 256;

    /// <summary>
    /// Raises the limit of descriptors as far as this process may. Call it first: the runtime opens
    /// a descriptor for each assembly that it loads.
    /// </summary>
    /// <returns>The limit.</returns>
    /// <exception cref="ConfigurationException">The limit is too low for the server.</exception>
    public static long Raise() => DescriptorLimit.Raise() is var limit && limit < Least
        ? throw new ConfigurationException(
            $"This process may open {limit} files and connections, and needs {Least} at least: "
            + "raise the limit (ulimit -n, LimitNOFILE=).")
        : limit;

    /// <summary>
    /// Divides <paramref name="limit"/> descriptors. An upload may need a connection and a file, so
    /// both get half of the descriptors if there are too few for <paramref name="maxConnections"/>.
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

    /// <summary>
    /// Writes a line to the console if fewer than <paramref name="maxConnections"/>
    /// connections are served.
    /// </summary>
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
