using OrleansIngest.Component.Tests.Engine;

namespace OrleansIngest.Component.Tests.Postgres;

/// <summary>A grain that shows what Orleans does with a reminder.</summary>
public interface IReminderProbeGrain : IGrainWithStringKey
{
    /// <summary>Registers a reminder that is due soon.</summary>
    Task Register();

    /// <summary>The names of the grain's reminders.</summary>
    Task<string[]> List();

    /// <summary>Takes the reminder back.</summary>
    Task Unregister();
}

internal sealed class ReminderProbeGrain(ProbeLog log) : Grain, IReminderProbeGrain, IRemindable
{
    private const string Name = "look";

    public Task Register() =>
        this.RegisterOrUpdateReminder(Name, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(1));

    public async Task<string[]> List() => [.. (await this.GetReminders()).Select(reminder => reminder.ReminderName)];

    public async Task Unregister() =>
        await this.UnregisterReminder((await this.GetReminder(Name))!);

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        log.Entries.Enqueue($"{this.GetPrimaryKeyString()}: {reminderName}");
        return Task.CompletedTask;
    }
}
