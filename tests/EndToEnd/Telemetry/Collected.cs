namespace OrleansIngest.EndToEnd.Telemetry;

/// <summary>The last value of a series of a metric.</summary>
/// <param name="Name">The name of the instrument.</param>
/// <param name="Unit">The unit in UCUM.</param>
/// <param name="Attributes">The attributes of the series.</param>
/// <param name="Value">The value of a counter or a gauge; the sum of a histogram.</param>
/// <param name="Count">The number of entries of a histogram; otherwise 0.</param>
internal sealed record Series(
    string Name, string Unit, IReadOnlyDictionary<string, string> Attributes, double Value, long Count)
{
    /// <summary>All series of an OTLP ExportMetricsServiceRequest.</summary>
    public static IEnumerable<Series> Of(Fields request) =>
        from resource in request.Messages(1)
        from scope in resource.Messages(2)
        from metric in scope.Messages(2)
        from data in new[] { 5, 7, 9 }.SelectMany(metric.Messages) // gauge, sum, histogram
        from point in data.Messages(1)
        select metric.Has(9) ? Histogram(metric, point) : Number(metric, point);

    private static Series Number(Fields metric, Fields point) =>
        new(
            metric.Text(1),
            metric.Text(3),
            Attributed.Read(point, 7),
            point.Has(4) ? point.Double(4) : point.Integer(6),
            0);

    private static Series Histogram(Fields metric, Fields point) =>
        new(metric.Text(1), metric.Text(3), Attributed.Read(point, 9), point.Double(5), point.Integer(4));
}

/// <summary>A span.</summary>
internal sealed record Span(
    string Name, string Trace, string Id, string Parent, bool IsError, IReadOnlyDictionary<string, string> Attributes)
{
    private const int Error = 2;

    /// <summary>All spans of an OTLP ExportTraceServiceRequest.</summary>
    public static IEnumerable<Span> Of(Fields request) =>
        from resource in request.Messages(1)
        from scope in resource.Messages(2)
        from span in scope.Messages(2)
        select new Span(
            span.Text(5),
            span.Hex(1),
            span.Hex(2),
            span.Hex(4),
            span.Message(15).Integer(3) == Error,
            Attributed.Read(span, 9));
}

/// <summary>Attributes of OTLP.</summary>
internal static class Attributed
{
    /// <summary>The attributes of a message, as text.</summary>
    public static IReadOnlyDictionary<string, string> Read(Fields message, int number) =>
        message.Messages(number).ToDictionary(pair => pair.Text(1), pair => Value(pair.Message(2)));

    private static string Value(Fields value) => value.Has(1) ? value.Text(1) : value.Integer(3).ToString();
}
