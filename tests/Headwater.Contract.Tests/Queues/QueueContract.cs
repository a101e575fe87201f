using System.Text;
using Headwater.Log.Ports;
using Headwater.Testing;

namespace Headwater.Contract.Tests.Queues;

public sealed class Queues_in_memory() : QueueContract(new InMemoryBackend());

public sealed class Queues_on_Azurite(AzuriteFixture azurite) : QueueContract(new AzuriteBackend(azurite));

public abstract class QueueContract(Backend backend) : IAsyncLifetime
{
    private const string Queue = "q";

    private static readonly TimeSpan Hidden = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IQueues Queues { get; set; } = null!;

    public async ValueTask InitializeAsync() => Queues = await backend.OpenQueuesAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("""{"a":"täxt ✈ & <b> \"q\" 😀"}""")]
    [InlineData("eyJhIjoxfQ==")]
    [InlineData(" leading and trailing ")]
    public async Task A_message_comes_back_as_it_was_sent(string text)
    {
        await SendAsync(text);

        QueuedMessage message = Assert.Single(await ReceiveAsync());

        Assert.Equal(text, Encoding.UTF8.GetString(message.Body.Span));
        Assert.Equal(1, message.DequeueCount);
    }

    [Fact]
    public async Task A_queue_that_is_created_again_keeps_its_messages()
    {
        await Queues.CreateAsync(Queue, Cancellation);
        await SendAsync("a");

        await Queues.CreateAsync(Queue, Cancellation);

        Assert.Single(await ReceiveAsync());
    }

    [Fact]
    public async Task A_queue_that_is_not_there_is_empty() => Assert.Empty(await ReceiveAsync());

    [Fact]
    public async Task A_queue_that_is_not_there_shows_nothing() => Assert.Empty(await Queues.PeekAsync(Queue, 32, Cancellation));

    [Fact]
    public async Task A_received_message_is_hidden()
    {
        await SendAsync("a");
        await ReceiveAsync();

        Assert.Empty(await ReceiveAsync());
        Assert.Empty(await Queues.PeekAsync(Queue, 32, Cancellation));
    }

    [Fact]
    public async Task A_message_looked_at_can_still_be_received()
    {
        await SendAsync("a");

        Assert.Equal(0, Assert.Single(await Queues.PeekAsync(Queue, 32, Cancellation)).DequeueCount);
        Assert.Single(await ReceiveAsync());
    }

    [Fact]
    public async Task A_delayed_message_is_not_seen_yet()
    {
        await Queues.SendAsync(Queue, Encoding.UTF8.GetBytes("a"), Hidden, Cancellation);

        Assert.Empty(await ReceiveAsync());
    }

    [Fact]
    public async Task No_more_are_received_than_asked_for()
    {
        await SendAsync("a");
        await SendAsync("b");

        Assert.Single(await Queues.ReceiveAsync(Queue, 1, Hidden, Cancellation));
        Assert.Single(await ReceiveAsync());
    }

    [Fact]
    public async Task A_deleted_message_does_not_come_again()
    {
        await SendAsync("a");
        QueuedMessage message = Assert.Single(await ReceiveAsync());

        Assert.True(await Queues.DeleteAsync(Queue, message.Receipt, Cancellation));
        Assert.False(await Queues.DeleteAsync(Queue, message.Receipt, Cancellation));
        Assert.Empty(await ReceiveAsync());
    }

    [Fact]
    public async Task A_message_given_back_comes_again_and_counts()
    {
        await SendAsync("a");
        QueuedMessage message = Assert.Single(await ReceiveAsync());
        Assert.NotNull(await Queues.ExtendAsync(Queue, message.Receipt, TimeSpan.Zero, Cancellation));

        QueuedMessage again = Assert.Single(await ReceiveAsync());

        Assert.Equal((message.Receipt.MessageId, 2), (again.Receipt.MessageId, again.DequeueCount));
        Assert.Equal(message.Enqueued, again.Enqueued);
    }

    [Fact]
    public async Task An_old_receipt_deletes_nothing()
    {
        await SendAsync("a");
        QueuedMessage message = Assert.Single(await ReceiveAsync());
        string? pop = await Queues.ExtendAsync(Queue, message.Receipt, Hidden, Cancellation);

        Assert.False(await Queues.DeleteAsync(Queue, message.Receipt, Cancellation));
        Assert.True(await Queues.DeleteAsync(Queue, message.Receipt with { Pop = pop! }, Cancellation));
    }

    [Fact]
    public async Task An_old_receipt_extends_nothing()
    {
        await SendAsync("a");
        QueuedMessage message = Assert.Single(await ReceiveAsync());
        await Queues.ExtendAsync(Queue, message.Receipt, TimeSpan.Zero, Cancellation);
        await ReceiveAsync();

        Assert.Null(await Queues.ExtendAsync(Queue, message.Receipt, TimeSpan.Zero, Cancellation));
        Assert.Empty(await ReceiveAsync());
    }

    [Fact]
    public async Task A_message_of_64_KiB_is_taken()
    {
        await SendAsync(new string('x', QueueText.MaxBytes));

        Assert.Equal(QueueText.MaxBytes, Assert.Single(await ReceiveAsync()).Body.Length);
    }

    [Theory]
    [InlineData('x', QueueText.MaxBytes + 1)]
    [InlineData('&', (QueueText.MaxBytes / 5) + 1)]
    public async Task A_larger_message_is_refused(char letter, int count)
    {
        StorageException refused = await Assert.ThrowsAsync<StorageException>(() => SendAsync(new string(letter, count)));

        Assert.Equal(StorageFault.Rejected, refused.Fault);
        Assert.Empty(await ReceiveAsync());
    }

    private async Task SendAsync(string text) => await Queues.SendAsync(Queue, Encoding.UTF8.GetBytes(text), TimeSpan.Zero, Cancellation);

    private async Task<IReadOnlyList<QueuedMessage>> ReceiveAsync() => await Queues.ReceiveAsync(Queue, 32, Hidden, Cancellation);
}
