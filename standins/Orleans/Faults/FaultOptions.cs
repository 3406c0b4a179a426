namespace Orleans.Faults;

/// <summary>The configuration section <c>Orleans:Faults</c>. Rates are between 0, never, and 1, always.</summary>
internal sealed class FaultOptions
{
    public const string Section = "Orleans:Faults";

    /// <summary>How long a delayed call takes longer, in milliseconds.</summary>
    public int Delay { get; set; }

    public double DelayRate { get; set; }

    /// <summary>How many calls are refused and not carried out.</summary>
    public double FailureRate { get; set; }

    /// <summary>How many calls are carried out, but their answer is lost.</summary>
    public double TimeoutRate { get; set; }

    /// <summary>Makes the same choices in every run, as far as the calls come in the same order.</summary>
    public int? Seed { get; set; }
}
