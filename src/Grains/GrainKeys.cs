using OrleansIngest.Grains.Devices;
using OrleansIngest.Grains.Jobs;

namespace OrleansIngest.Grains;

/// <summary>
/// Jobs and devices as grains. The prefix keeps their keys apart in Orleans' ADO.NET storage, which reads a key of
/// hexadecimal digits as a number: the devices <c>abc</c>, <c>ABC</c> and <c>0abc</c> would share one record.
/// </summary>
public static class GrainKeys
{
    internal const string DevicePrefix = "device-";
    private const string JobPrefix = "job-";

    private static readonly GrainReferences<IJobGrain> s_jobs = new(JobPrefix);
    private static readonly GrainReferences<IDeviceGrain> s_devices = new(DevicePrefix);

    /// <summary>A job's grain.</summary>
    public static IJobGrain Job(this IGrainFactory grains, string key) => s_jobs.Get(grains, key);

    /// <summary>A device's grain.</summary>
    public static IDeviceGrain Device(this IGrainFactory grains, string key) => s_devices.Get(grains, key);

    internal static string KeyOf(JobGrain job) => job.GetPrimaryKeyString()[JobPrefix.Length..];
}
