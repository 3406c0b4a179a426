using System.Text.Json;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Clients;

/// <summary>What became of a file that the page sent with tus-js-client.</summary>
/// <param name="Url">Where it is.</param>
/// <param name="Error">Why it was given up.</param>
/// <param name="Status">HTTP status of the answer that ended it, if the script may know it.</param>
/// <param name="Problem">That answer's body.</param>
/// <param name="Answers">All answers, in order.</param>
internal sealed record PageUpload(string? Url, string? Error, int? Status, JsonElement? Problem, IReadOnlyList<DeviceAnswer> Answers);
