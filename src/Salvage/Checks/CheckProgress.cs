namespace OrleansIngest.Salvage.Checks;

/// <summary>How far the check of a database is that was not closed.</summary>
/// <param name="Events">Events that were read so far.</param>
/// <param name="Of">Events that there are to read; 0 while the pages of the file are checked, which comes first.</param>
public sealed record CheckProgress(long Events, long Of);
