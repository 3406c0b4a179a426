using OrleansIngest.Grains.Devices;
using OrleansIngest.Grains.Jobs;

namespace OrleansIngest.Grains;

/// <summary>
/// Jobs and devices as grains. The prefix keeps their keys apart in Orleans' ADO.NET storage, which reads a key of
/// hexadecimal digits as a number: the devices <c>abc</c>, <c>ABC</c> and <c>0abc</c> would share one record.
/// </summary>
public static class GrainKeys
{
    private const string JobPrefix = "job-";
    internal const string DevicePrefix = "device-";

    /// <summary>A job's grain.</summary>
    public static IJobGrain Job(this IGrainFactory grains, string key) => grains.GetGrain<IJobGrain>(JobPrefix + key);

    /// <summary>A device's grain.</summary>
    public static IDeviceGrain Device(this IGrainFactory grains, string key) => grains.GetGrain<IDeviceGrain>(DevicePrefix + key);

    internal static string KeyOf(JobGrain job) => job.GetPrimaryKeyString()[JobPrefix.Length..];
}
