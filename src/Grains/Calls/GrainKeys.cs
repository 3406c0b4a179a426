using OrleansIngest.Grains.Devices;
using OrleansIngest.Grains.Jobs;

namespace OrleansIngest.Grains.Calls;

/// <summary>
/// References to the grains of jobs and devices. Grain keys have a prefix because Orleans' ADO.NET
/// storage parses a key of hexadecimal digits as a number: without it the devices <c>abc</c>,
/// <c>ABC</c> and <c>0abc</c> would share one record.
/// </summary>
public static class GrainKeys
{
    private static readonly GrainReferences<IJobGrain> s_jobs = new(JobGrain.KeyPrefix);
    private static readonly GrainReferences<IDeviceGrain> s_devices = new(DeviceGrain.KeyPrefix);

    /// <summary>The grain of a job.</summary>
    public static IJobGrain Job(this IGrainFactory grains, string key) => s_jobs.Get(grains, key);

    /// <summary>The grain of a device.</summary>
    public static IDeviceGrain Device(this IGrainFactory grains, string key) => s_devices.Get(grains, key);
}
