using OrleansIngest.LoadTests.Probe;

#pragma warning disable MA0047 // .NET calls a class of this name, without a namespace, before it calls Main.
/// <summary>The part of the probe that runs in the measured process.</summary>
internal static class StartupHook
{
    /// <summary>Starts to answer queries.</summary>
    public static void Initialize() => new Thread(HeapServer.Run) { IsBackground = true, Name = "probe" }.Start();
}
