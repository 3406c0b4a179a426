namespace OrleansIngest.Uploads;

/// <summary>Where an upload lives on this server, whatever protocol created it.</summary>
public static class UploadPath
{
    /// <summary>The path of an upload.</summary>
    public static string Of(string job, Guid media) => $"/jobs/{job}/uploads/{media}";
}
