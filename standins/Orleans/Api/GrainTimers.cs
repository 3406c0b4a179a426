using System.Diagnostics.CodeAnalysis;
using Orleans.Runtime;

namespace Orleans.Runtime
{
    /// <summary>A timer whose callbacks are turns of a grain. It ends with the activation.</summary>
    public interface IGrainTimer : IDisposable
    {
        /// <summary>Sets when the next callback runs and how long after each the one after it.</summary>
        void Change(TimeSpan dueTime, TimeSpan period);
    }

    /// <summary>How a grain timer runs.</summary>
    public readonly struct GrainTimerCreationOptions()
    {
        /// <summary>A timer with this due time and period.</summary>
        [SetsRequiredMembers]
        public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period)
            : this()
        {
            DueTime = dueTime;
            Period = period;
        }

        /// <summary>The time to the first callback; infinite: none until it is changed.</summary>
        public required TimeSpan DueTime { get; init; }

        /// <summary>The time from the end of a callback to the next; infinite: only one callback.</summary>
        public required TimeSpan Period { get; init; }

        /// <summary>Whether callbacks run while a request is in an await, in a grain that is not reentrant.</summary>
        public bool Interleave { get; init; }

        /// <summary>Whether a callback counts as use of the grain, which keeps it from being collected as idle.</summary>
        public bool KeepAlive { get; init; }
    }
}

namespace Orleans
{
    /// <summary>What a grain can do with itself.</summary>
    public static class GrainBaseExtensions
    {
        /// <summary>Starts a timer. A callback that throws is logged; the timer goes on.</summary>
        /// <param name="grain">The grain; only from within it.</param>
        /// <param name="callback">Its token is cancelled when the timer is disposed of, with the activation at the latest.</param>
        /// <param name="options">When it runs.</param>
        public static IGrainTimer RegisterGrainTimer(
            this IGrainBase grain, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
        {
            ArgumentNullException.ThrowIfNull(callback);
            return ((Grain)grain).Activation.StartTimer(callback, options);
        }
    }
}
