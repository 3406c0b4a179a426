namespace OrleansIngest.Salvage.Checks;

/// <summary>How far the check of a database has come that was not closed properly.</summary>
/// <param name="Events">How many events were read so far.</param>
/// <param name="Of">How many events there are; 0 while the pages of the file are checked, which
/// is done first.</param>
public sealed record CheckProgress(long Events, long Of);
