using OrleansIngest.Grains;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Devices;

/// <summary>
/// A reentrant grain's state is written by one write at a time, as it is when the write starts.
/// </summary>
public sealed class CoalescedWriteTests
{
    private readonly Turns _turns = new();
    private readonly CoalescedWrite _write;
    private readonly Queue<TaskCompletionSource> _running = new();
    private int _state;
    private int _stored;
    private int _writes;

    public CoalescedWriteTests() => _write = new CoalescedWrite(Write);

    [Fact]
    public void A_write_ends_when_the_state_is_stored()
    {
        var written = Change();
        Assert.False(written.IsCompleted);
        End();
        Assert.True(written.IsCompletedSuccessfully);
        Assert.Equal(1, _stored);
    }

    [Fact]
    public void There_are_never_two_writes_at_once()
    {
        _ = (Change(), Change(), Change());
        Assert.Equal(1, _writes); // Write itself refuses a second one
        End();
        Assert.Equal(2, _writes);
    }

    [Fact]
    public void Changes_during_a_write_share_the_next_one()
    {
        var first = Change();
        var others = new[] { Change(), Change(), Change() };
        End();
        Assert.True(first.IsCompletedSuccessfully);
        Assert.All(others, other => Assert.False(other.IsCompleted));
        End();
        Assert.All(others, other => Assert.True(other.IsCompletedSuccessfully));
        Assert.Equal((4, 2), (_stored, _writes));
    }

    [Fact]
    public void A_change_between_the_end_of_a_write_and_the_start_of_the_next_is_in_the_next()
    {
        var first = Change();
        _ = Change();
        _running.Dequeue().SetResult(); // the next write starts in a turn to come
        var late = Change();
        _turns.RunAll();
        Assert.True(first.IsCompletedSuccessfully);
        End();
        Assert.True(late.IsCompletedSuccessfully);
        Assert.Equal((3, 2), (_stored, _writes));
    }

    [Fact]
    public void A_write_that_fails_is_told_to_those_who_waited_and_does_not_stop_the_next()
    {
        var first = Change();
        var second = Change();
        End(fails: true);
        Assert.IsType<IOException>(first.Exception!.InnerException);
        Assert.False(second.IsCompleted);
        End();
        Assert.True(second.IsCompletedSuccessfully);
        Assert.Equal(2, _stored);
    }

    [Fact]
    public void After_a_failed_shared_write_the_next_change_is_written()
    {
        _ = Change();
        var second = Change();
        End();
        End(fails: true);
        Assert.IsType<IOException>(second.Exception!.InnerException);
        var third = Change();
        End();
        Assert.True(third.IsCompletedSuccessfully);
        Assert.Equal(3, _stored);
    }

    private Task Change() => _turns.Call(() =>
    {
        _state++;
        return _write.Now();
    });

    private async Task Write()
    {
        Assert.Empty(_running);
        _writes++;
        var state = _state;
        _running.Enqueue(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await _running.Peek().Task;
        _stored = state;
    }

    private void End(bool fails = false)
    {
        if (fails)
            _running.Dequeue().SetException(new IOException("The disk is full."));
        else
            _running.Dequeue().SetResult();
        _turns.RunAll();
    }
}
