using Headwater.Core.Positions;
using Headwater.Log.Retention;
using Xunit;

namespace Headwater.Log.Tests.Retention;

/// <summary>What a run of retention may delete.</summary>
public sealed class RetentionChoiceTests
{
    [Fact]
    public void A_log_start_that_another_run_moved_beyond_remembered_keys_deletes_none_of_them() =>
        Assert.Equal(new Offset(150), new RetentionChoice(new Offset(100), [], null, new Offset(150)).DeletableTo(new Offset(200)));

    [Fact]
    public void Without_remembered_keys_everything_below_the_log_start_may_go() =>
        Assert.Equal(new Offset(100), new RetentionChoice(new Offset(100), [], null, new Offset(150)).DeletableTo(new Offset(100)));
}
