using OrleansIngest.LoadTests.Probe;

#pragma warning disable MA0047 // .NET calls a class of this name, without a namespace, before it calls Main.
/// <summary>The probe's end within the process.</summary>
internal static class StartupHook
{
    /// <summary>Begins to answer whoever asks.</summary>
    public static void Initialize() => new Thread(HeapServer.Run) { IsBackground = true, Name = "probe" }.Start();
}
