using NBomber.Contracts;
using NBomber.Contracts.Stats;
using NBomber.Engine;

namespace NBomber.Reports;

/// <summary>Reports the result on the console and in files.</summary>
internal static class Report
{
    /// <summary>Writes the reports.</summary>
    /// <returns>The statistics, with the files that were written.</returns>
    public static NodeStats Write(SessionResult result, NBomberContext context, TextWriter console)
    {
        var text = TextReport.Of(result.Stats);
        console.Write(text);
        var files = context.ReportFormats
            .Select(format => format == ReportFormat.Html
                ? WriteFile(context, format, "html", HtmlReport.Of(context.TestName, result))
                : WriteFile(context, format, "txt", text))
            .ToArray();
        return result.Stats with { ReportFiles = files };
    }

    private static ReportFile WriteFile(NBomberContext context, ReportFormat format, string extension, string content)
    {
        Directory.CreateDirectory(context.ReportFolder);
        var path = Path.Combine(context.ReportFolder, $"{context.ReportFileName}.{extension}");
        File.WriteAllText(path, content);
        return new(path, format);
    }
}
