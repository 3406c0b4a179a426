using NBomber.Contracts;
using NBomber.CSharp;
using OrleansIngest.LoadTests.Scenarios.Bench;

namespace OrleansIngest.LoadTests.Scenarios.Client;

/// <summary>
/// A file in several requests, as devices send videos. Each request is a measured step.
/// </summary>
internal static class ChunkedUpload
{
    /// <summary>The step that creates an upload.</summary>
    public const string CreateStep = "create";

    /// <summary>The step that sends a chunk.</summary>
    public const string PatchStep = "patch";

    public static async Task<Response<object>> Run(
        TestBench bench, IScenarioContext context, string job, string device, Body file, long chunk)
    {
        var created = TusAnswer.None("", "");
        await Step.Run(
            CreateStep, context,
            async () => Said(created = await bench.Tus.Create(job, device, file), expected: 0, bytes: 0));
        var answer = created;
        for (var offset = 0L; offset < file.Length; offset += chunk)
        {
            var (from, count) = (offset, Math.Min(chunk, file.Length - offset));
            await Step.Run(PatchStep, context, async () =>
                Said(
                    answer = await bench.Tus.Patch(created.Location, file, from, count), expected: from + count,
                    count));
        }
        bench.Ledger.Add(created.Location);
        return Response.Ok(statusCode: $"{answer.Status}");
    }

    private static Response<object> Said(TusAnswer answer, long expected, long bytes) =>
        answer.Succeeded && answer.Offset == expected
            ? Response.Ok(statusCode: $"{answer.Status}", sizeBytes: bytes)
            : TestBench.Failed(answer);
}
