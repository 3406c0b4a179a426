using System.Text.Json;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Clients;

/// <summary>The result of an upload that the page made with tus-js-client.</summary>
/// <param name="Url">The URL of the upload.</param>
/// <param name="Error">Why the page gave it up.</param>
/// <param name="Status">The HTTP status of the last answer, if the script may know it.</param>
/// <param name="Problem">The body of that answer.</param>
/// <param name="Answers">All answers, in order.</param>
internal sealed record PageUpload(
    string? Url, string? Error, int? Status, JsonElement? Problem, IReadOnlyList<DeviceAnswer> Answers);
