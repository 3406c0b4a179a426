using System.Net;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>The configuration cannot be used; the message is one sentence that says why.</summary>
internal sealed class ConfigurationException(string message) : Exception(message);

/// <summary>Reads the configuration, and refuses what cannot be meant before anything has started.</summary>
internal static class Configuration
{
    /// <summary>The options, checked and with full paths.</summary>
    /// <exception cref="ConfigurationException">They cannot be used.</exception>
    public static IngestOptions Read(IConfiguration configuration)
    {
        var options = Bind(configuration.GetSection(IngestOptions.Section));
        if (options.MaxUploadBytes == 0)
            throw new ConfigurationException($"Ingest:MaxUploadSize is '{options.MaxUploadSize}', which is not a size such as 500MB or 100GiB.");
        if (options.DataDir.Length == 0)
            throw new ConfigurationException("Ingest:DataDir is empty: name the folder where everything is to be kept.");
        Positive("UploadExpiry", options.UploadExpiry);
        Positive("BodySilence", options.BodySilence);
        Positive("GrainIdle", options.GrainIdle);
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

    private static IngestOptions Bind(IConfigurationSection section)
    {
        try
        {
            return section.Get<IngestOptions>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new IngestOptions();
        }
        catch (InvalidOperationException e)
        {
            throw new ConfigurationException($"The configuration is wrong: {(e.InnerException ?? e).Message.ReplaceLineEndings(" ")}");
        }
    }

    private static void Positive(string name, TimeSpan value)
    {
        if (value <= TimeSpan.Zero)
            throw new ConfigurationException($"Ingest:{name} is {value}, and must be longer than 0.");
    }

    private static void CheckAddress(string name, string url, bool open)
    {
        IPEndPoint endPoint;
        try
        {
            endPoint = EndPoint(url);
            if (!url.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
                throw new FormatException();
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw new ConfigurationException($"Ingest:{name} is '{url}', which is not an address such as http://127.0.0.1:5080.");
        }
        if (!open && !IPAddress.IsLoopback(endPoint.Address))
            throw new ConfigurationException($"Ingest:{name} is {url}, where others could reach this server without a token; add --Ingest:Open=true if that is meant.");
    }

    private static IPAddress AddressOf(string host) => host switch
    {
        "localhost" => IPAddress.Loopback,
        "*" or "+" => IPAddress.Any,
        _ => IPAddress.Parse(host.Trim('[', ']')),
    };
}
