namespace Orleans.Concurrency;

/// <summary>Requests of this grain class interleave at awaits. They still never run in parallel.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ReentrantAttribute : Attribute;

/// <summary>This method of a grain interface interleaves with every request, in a grain that is not reentrant too.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AlwaysInterleaveAttribute : Attribute;

/// <summary>The caller of this method of a grain interface waits for nothing and hears of no error.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OneWayAttribute : Attribute;
