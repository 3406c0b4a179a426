namespace OrleansIngest.Storage.Postgres;

/// <summary>A row, and the job that it belongs to.</summary>
internal readonly record struct OfJob<T>(string Job, T Row);
