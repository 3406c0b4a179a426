using System.Net;
using System.Text.RegularExpressions;
using OrleansIngest.Grains;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>The configuration cannot be used; the message is one sentence that says why.</summary>
internal sealed class ConfigurationException(string message) : Exception(message);

/// <summary>Reads the configuration, and refuses what cannot be meant before anything has started.</summary>
internal static partial class Configuration
{
    /// <summary>
    /// Options are read once. The framework would watch the current folder with all below it for changes of its settings' files,
    /// and so hear of every file of the data folder that is made there.
    /// </summary>
    public const string NotWatched = "--hostBuilder:reloadConfigOnChange=false";

    private const long MaxSegmentBytes = 2L << 30; // offsets in the names of extents have eight hexadecimal digits

    private const long LongestMetadata = HeadRoom.Usual / 2; // the other half is for all other headers

    private static readonly TimeSpan s_longest = TimeSpan.FromDays(3650);

    /// <summary>The options, checked and with full paths.</summary>
    /// <exception cref="ConfigurationException">They cannot be used.</exception>
    public static IngestOptions Read(IConfiguration configuration)
    {
        var options = Bind(configuration.GetSection(IngestOptions.Section));
        CheckSize("MaxUploadSize", options.MaxUploadSize, least: 1);
        CheckSize("MaxMetadata", options.MaxMetadata, least: 1);
        if (options.MaxMetadata.Bytes > LongestMetadata)
            throw new ConfigurationException($"Ingest:MaxMetadata is {options.MaxMetadata}, and can be 16KiB at most.");
        CheckSize("MaxJobSize", options.MaxJobSize, least: 0);
        CheckCount("MaxJobMedia", options.MaxJobMedia, least: 0);
        CheckCount("MaxOpenUploads", options.MaxOpenUploads, least: 0);
        CheckSize("DiskReserve", options.DiskReserve, least: 0);
        CheckSize("SegmentSize", options.SegmentSize, least: 1);
        if (options.SegmentSize.Bytes > MaxSegmentBytes)
            throw new ConfigurationException($"Ingest:SegmentSize is {options.SegmentSize}, and can be 2GiB at most.");
        CheckSize("ScrubRate", options.ScrubRate, least: 0);
        CheckCount("MaxRequestsPerSecond", options.MaxRequestsPerSecond, least: 0);
        CheckCount("MaxConnections", options.MaxConnections, least: 1);
        if (options.DataDir.Length == 0)
            throw new ConfigurationException("Ingest:DataDir is empty: name the folder where everything is to be kept.");
        if (!Enum.IsDefined(options.Durability))
            throw new ConfigurationException($"Ingest:Durability is '{options.Durability}', and can be Disk or Process.");
        if (!Enum.IsDefined(options.Interim))
            throw new ConfigurationException($"Ingest:Interim is '{options.Interim}', and can be auto, on or off.");
        if (!PathBaseForm().IsMatch(options.PathBase))
            throw new ConfigurationException(
                $"Ingest:PathBase is '{options.PathBase}', which is not a path such as /ingest.");
        _ = Networks(options.TrustedProxies);
        CheckTime("UploadExpiry", options.UploadExpiry);
        CheckTime("BodySilence", options.BodySilence);
        CheckTime("GrainIdle", options.GrainIdle);
        CheckTime("SweepInterval", options.SweepInterval);
        CheckTime("SweepGrace", options.SweepGrace);
        CheckTime("OrphanGrace", options.OrphanGrace);
        CheckTime("ScrubInterval", options.ScrubInterval);
        CheckJobs(options.JpegOnlyJobs);
        CheckOrigins(options.CorsOrigins);
        CheckCollector(options.OtlpEndpoint);
        CheckKillPoint();
        CheckAddress("Http", options.Http, options.Open);
        CheckAddress("Grpc", options.Grpc, options.Open);
        return options with { DataDir = Path.GetFullPath(options.DataDir) };
    }

    /// <summary>The address and port that a URL of the configuration means; <c>*</c> and <c>0.0.0.0</c> are all of them.</summary>
    public static IPEndPoint EndPoint(string url)
    {
        var address = BindingAddress.Parse(url);
        return new IPEndPoint(AddressOf(address.Host), address.Port);
    }

    /// <summary>Addresses and networks, separated by commas; an address is a network of its own.</summary>
    /// <exception cref="ConfigurationException">One is neither.</exception>
    public static List<IPNetwork> Networks(string proxies) =>
        [.. proxies.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Network)];

    private static IPNetwork Network(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : throw new ConfigurationException(
            $"Ingest:TrustedProxies names '{text}', which is neither an address nor a network such as 10.0.3.0/24.");

    private static IngestOptions Bind(IConfigurationSection section)
    {
        try
        {
            return section.Get<IngestOptions>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new IngestOptions();
        }
        catch (InvalidOperationException e)
        {
            throw new ConfigurationException(Unknown(section)
                ?? $"The configuration is wrong: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static string? Unknown(IConfigurationSection section)
    {
        var unknown = section.GetChildren().FirstOrDefault(child => !OptionNames.Has(child.Key));
        return unknown is null
            ? null
            : $"There is no option Ingest:{unknown.Key}; is Ingest:{OptionNames.Nearest(unknown.Key)} meant?";
    }

    private static void CheckSize(string name, ByteSize size, long least)
    {
        if (size.Bytes < least)
            throw new ConfigurationException($"Ingest:{name} is '{size}', which is not a size such as 500MB or 100GiB{(least == 0 ? ", nor 0" : "")}.");
    }

    private static void CheckCount(string name, long value, long least)
    {
        if (value < least)
            throw new ConfigurationException($"Ingest:{name} is {value}, and must be at least {least}.");
    }

    private static void CheckTime(string name, TimeSpan value)
    {
        if (value < TimeSpan.FromSeconds(1) || value > s_longest)
            throw new ConfigurationException($"Ingest:{name} is {value}, and must be from 1 second to {s_longest.TotalDays} days.");
    }

    private static void CheckKillPoint()
    {
        try
        {
            if (KillPoint.Chosen is { } point)
                Console.Error.WriteLine($"{KillPoint.Variable} is set: this server will kill itself at '{point}'.");
        }
        catch (FormatException e)
        {
            throw new ConfigurationException(e.Message);
        }
    }

    private static void CheckJobs(string jobs)
    {
        foreach (var job in jobs.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (job != "*" && !Key.IsValid(job.EndsWith('*') ? job.AsSpan(0, job.Length - 1) : job))
                throw new ConfigurationException($"Ingest:JpegOnlyJobs names '{job}', which is neither a job's key nor the beginning of one with a star, such as site-*.");
        }
    }

    private static void CheckOrigins(string origins)
    {
        if (origins == Cors.AnyOrigin)
            return;
        foreach (var origin in origins.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.GetLeftPart(UriPartial.Authority) == origin)
                continue;
            throw new ConfigurationException($"Ingest:CorsOrigins names '{origin}', which is not an origin"
                + " such as https://office.example, nor a * alone.");
        }
    }

    private static void CheckCollector(string url)
    {
        if (url.Length > 0 && !(Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            throw new ConfigurationException($"Ingest:OtlpEndpoint is '{url}', which is not the URL of a collector such as http://127.0.0.1:4317.");
    }

    private static void CheckAddress(string name, string url, bool open)
    {
        IPEndPoint endPoint;
        try
        {
            endPoint = EndPoint(url);
            if (!url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || BindingAddress.Parse(url).PathBase.Length > 0)
                throw new FormatException();
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw new ConfigurationException($"Ingest:{name} is '{url}', which is not an address such as http://127.0.0.1:5080.");
        }
        if (!open && !IPAddress.IsLoopback(endPoint.Address))
            throw new ConfigurationException($"Ingest:{name} is {url}, where others could reach this server without a token; add --Ingest:Open=true if that is meant.");
    }

    [GeneratedRegex(
        "^(/[A-Za-z0-9._~-]+)*/?\\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 100)]
    private static partial Regex PathBaseForm();

    private static IPAddress AddressOf(string host) => host switch
    {
        "localhost" => IPAddress.Loopback,
        "*" or "+" => IPAddress.Any,
        _ => IPAddress.Parse(host.Trim('[', ']')),
    };
}
