using System.Net;
using System.Text.RegularExpressions;
using OrleansIngest.Grains;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>The configuration is invalid. The message is one sentence for the operator.</summary>
internal sealed class ConfigurationException(string message) : Exception(message);

/// <summary>Reads and validates the configuration before any part of the server starts.</summary>
internal static partial class Configuration
{
    /// <summary>
    /// The argument that turns off reloading of the configuration, which the server reads only
    /// once. With reloading, the host would watch the current folder and everything below it for
    /// changed settings, and receive a notification for every file that an upload creates in the
    /// data folder.
    /// </summary>
    public const string NotWatched = "--hostBuilder:reloadConfigOnChange=false";

    private const long MaxSegmentBytes = 2L << 30; // offsets in the names of extents have eight hexadecimal digits

    // Half of the request headers that are always accepted; the other half is for all other
    // headers.
    private const long MaxMetadataBytes = HeadRoom.Usual / 2;

    private static readonly TimeSpan s_maxDuration = TimeSpan.FromDays(3650);

    /// <summary>Reads the options, validates them and makes their paths absolute.</summary>
    /// <exception cref="ConfigurationException">
    /// An option is unknown or has an invalid value.
    /// </exception>
    public static IngestOptions Read(IConfiguration configuration)
    {
        var options = Bind(configuration.GetSection(IngestOptions.Section));
        CheckSize("MaxUploadSize", options.MaxUploadSize, least: 1);
        CheckSize("MaxMetadata", options.MaxMetadata, least: 1);
        if (options.MaxMetadata.Bytes > MaxMetadataBytes)
            throw Invalid($"Ingest:MaxMetadata is {options.MaxMetadata}, and can be 16KiB at most.");
        CheckSize("MaxJobSize", options.MaxJobSize, least: 0);
        CheckCount("MaxJobMedia", options.MaxJobMedia, least: 0);
        CheckCount("MaxOpenUploads", options.MaxOpenUploads, least: 0);
        CheckSize("DiskReserve", options.DiskReserve, least: 0);
        CheckSize("SegmentSize", options.SegmentSize, least: 1);
        if (options.SegmentSize.Bytes > MaxSegmentBytes)
            throw Invalid($"Ingest:SegmentSize is {options.SegmentSize}, and can be 2GiB at most.");
        CheckSize("ScrubRate", options.ScrubRate, least: 0);
        CheckCount("MaxRequestsPerSecond", options.MaxRequestsPerSecond, least: 0);
        CheckCount("MaxConnections", options.MaxConnections, least: 1);
        if (options.DataDir.Length == 0)
            throw Invalid("Ingest:DataDir is empty: name the folder where everything is to be kept.");
        if (!Enum.IsDefined(options.Durability))
            throw Invalid($"Ingest:Durability is '{options.Durability}', and can be Disk or Process.");
        if (!Enum.IsDefined(options.Interim))
            throw Invalid($"Ingest:Interim is '{options.Interim}', and can be auto, on or off.");
        if (!PathBaseForm().IsMatch(options.PathBase))
            throw Invalid($"Ingest:PathBase is '{options.PathBase}', which is not a path such as /ingest.");
        _ = Networks(options.TrustedProxies); // throws if it cannot be parsed
        CheckDuration("UploadExpiry", options.UploadExpiry);
        CheckDuration("BodySilence", options.BodySilence);
        CheckDuration("GrainIdle", options.GrainIdle);
        CheckDuration("SweepInterval", options.SweepInterval);
        CheckDuration("SweepGrace", options.SweepGrace);
        CheckDuration("OrphanGrace", options.OrphanGrace);
        CheckDuration("ScrubInterval", options.ScrubInterval);
        CheckJobs(options.JpegOnlyJobs);
        CheckStorage(options);
        CheckOrigins(options.CorsOrigins);
        CheckCollector(options.OtlpEndpoint);
        CheckKillPoint();
        CheckAddress("Http", options.Http, options.Open);
        CheckAddress("Grpc", options.Grpc, options.Open);
        return options with { DataDir = Path.GetFullPath(options.DataDir) };
    }

    /// <summary>
    /// Parses a URL of the configuration. The hosts <c>*</c>, <c>+</c> and <c>0.0.0.0</c> mean all
    /// IPv4 addresses.
    /// </summary>
    /// <exception cref="FormatException">
    /// The host is not an IP address, <c>localhost</c> or a wildcard, or the URL is malformed.
    /// </exception>
    public static IPEndPoint EndPoint(string url)
    {
        var address = BindingAddress.Parse(url);
        return new IPEndPoint(AddressOf(address.Host), address.Port);
    }

    /// <summary>
    /// Parses a comma-separated list of addresses and networks in CIDR notation. An address becomes
    /// the network that contains only itself (/32 or /128).
    /// </summary>
    /// <exception cref="ConfigurationException">
    /// An entry is neither an address nor a network.
    /// </exception>
    public static List<IPNetwork> Networks(string proxies) =>
        [.. Entries(proxies).Select(Network)];

    private static ConfigurationException Invalid(string message) => new(message);

    private static string[] Entries(string list) =>
        list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static IPNetwork Network(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : throw Invalid(
            $"Ingest:TrustedProxies names '{text}', which is neither an address nor a network such as 10.0.3.0/24.");

    private static IngestOptions Bind(IConfigurationSection section)
    {
        try
        {
            var options = section.Get<IngestOptions>(binder => binder.ErrorOnUnknownConfiguration = true);
            return options ?? new IngestOptions();
        }
        catch (InvalidOperationException e)
        {
            // The binder throws the same exception for an unknown name and for an invalid value.
            throw Invalid(DescribeUnknown(section)
                ?? $"The configuration is wrong: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static string? DescribeUnknown(IConfigurationSection section)
    {
        var unknown = section.GetChildren().FirstOrDefault(child => !OptionNames.Has(child.Key));
        return unknown is null
            ? null
            : $"There is no option Ingest:{unknown.Key}; is Ingest:{OptionNames.Nearest(unknown.Key)} meant?";
    }

    private static void CheckSize(string name, ByteSize size, long least)
    {
        if (size.Bytes >= least)
            return;
        var orZero = least == 0 ? ", nor 0" : "";
        throw Invalid($"Ingest:{name} is '{size}', which is not a size such as 500MB or 100GiB{orZero}.");
    }

    private static void CheckCount(string name, long value, long least)
    {
        if (value < least)
            throw Invalid($"Ingest:{name} is {value}, and must be at least {least}.");
    }

    private static void CheckDuration(string name, TimeSpan value)
    {
        if (value >= TimeSpan.FromSeconds(1) && value <= s_maxDuration)
            return;
        throw Invalid($"Ingest:{name} is {value}, and must be from 1 second to {s_maxDuration.TotalDays} days.");
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
            throw Invalid(e.Message);
        }
    }

    /// <summary>PostgreSQL has the journal and S3 the bytes, or the data folder has both.</summary>
    private static void CheckStorage(IngestOptions options)
    {
        if (options.IsCluster != options.S3Bucket.Length > 0)
            throw Invalid("Ingest:Postgres and Ingest:S3Bucket go together: name both, or none of them.");
        if (options.S3Endpoint.Length > 0 && !IsWebAddress(options.S3Endpoint))
        {
            throw Invalid($"Ingest:S3Endpoint is '{options.S3Endpoint}',"
                + " which is not the URL of an S3 server such as https://s3.example.");
        }
        if (options.S3AccessKey.Length > 0 != options.S3SecretKey.Length > 0)
            throw Invalid("Ingest:S3AccessKey and Ingest:S3SecretKey go together: name both, or none of them.");
    }

    private static bool IsWebAddress(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";

    private static void CheckJobs(string jobs)
    {
        foreach (var job in Entries(jobs))
        {
            var prefix = job.EndsWith('*') ? job.AsSpan(0, job.Length - 1) : job;
            if (job == "*" || Key.IsValid(prefix))
                continue;
            throw Invalid($"Ingest:JpegOnlyJobs names '{job}', which is neither a job's key"
                + " nor the beginning of one with a star, such as site-*.");
        }
    }

    private static void CheckOrigins(string origins)
    {
        if (origins == Cors.AnyOrigin)
            return;
        foreach (var origin in Entries(origins))
        {
            if (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.GetLeftPart(UriPartial.Authority) == origin)
                continue;
            throw Invalid($"Ingest:CorsOrigins names '{origin}', which is not an origin"
                + " such as https://office.example, nor a * alone.");
        }
    }

    private static void CheckCollector(string url)
    {
        if (url.Length > 0 && !IsWebAddress(url))
        {
            throw Invalid($"Ingest:OtlpEndpoint is '{url}',"
                + " which is not the URL of a collector such as http://127.0.0.1:4317.");
        }
    }

    private static void CheckAddress(string name, string url, bool open)
    {
        IPEndPoint endPoint;
        try
        {
            endPoint = EndPoint(url);
            var isHttp = url.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
            if (!isHttp || BindingAddress.Parse(url).PathBase.Length > 0)
                throw new FormatException();
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw Invalid($"Ingest:{name} is '{url}', which is not an address such as http://127.0.0.1:5080.");
        }
        if (!open && !IPAddress.IsLoopback(endPoint.Address))
        {
            throw Invalid($"Ingest:{name} is {url}, where others could reach this server without a token;"
                + " add --Ingest:Open=true if that is meant.");
        }
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
