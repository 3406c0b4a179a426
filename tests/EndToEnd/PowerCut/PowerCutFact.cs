namespace OrleansIngest.EndToEnd.PowerCut;

/// <summary>A fact that needs a <see cref="ForgetfulDisk"/>.</summary>
public sealed class PowerCutFactAttribute : FactAttribute
{
    public PowerCutFactAttribute() => Skip = ForgetfulDisk.Missing;
}

/// <summary>A theory that needs a <see cref="ForgetfulDisk"/>.</summary>
public sealed class PowerCutTheoryAttribute : TheoryAttribute
{
    public PowerCutTheoryAttribute() => Skip = ForgetfulDisk.Missing;
}
