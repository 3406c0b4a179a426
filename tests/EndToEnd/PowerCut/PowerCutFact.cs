using System.Runtime.CompilerServices;

namespace OrleansIngest.EndToEnd.PowerCut;

/// <summary>A fact that needs a <see cref="ForgetfulDisk"/>.</summary>
public sealed class PowerCutFactAttribute : FactAttribute
{
    public PowerCutFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = ForgetfulDisk.Missing;
}

/// <summary>A theory that needs a <see cref="ForgetfulDisk"/>.</summary>
public sealed class PowerCutTheoryAttribute : TheoryAttribute
{
    public PowerCutTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = ForgetfulDisk.Missing;
}
