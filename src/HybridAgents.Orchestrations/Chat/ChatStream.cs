using HybridAgents.Core.Models;

namespace HybridAgents.Orchestrations.Chat;

/// <inheritdoc cref="IChatStream"/>
internal sealed class ChatStream(ChatCall call, ChatReading reading, ChatRecord record) : IChatStream
{
    private string _outcome = "cancelled";

    public ChatOrigin Origin => reading.Origin;

    public async IAsyncEnumerable<ModelUpdate> ReadAsync()
    {
        do
        {
            yield return reading.Current;
            if (reading.End is not null)
            {
                _outcome = "ok";
                yield break;
            }
        }
        while (await NextAsync());
    }

    public async ValueTask DisposeAsync()
    {
        record.Add(call.InfoOf(Origin.Model), reading.Estimate(call.PromptTokens));
        try
        {
            await record.EndAsync(Origin.Model, _outcome, Origin.Attempts);
        }
        finally
        {
            await reading.DisposeAsync();
        }
    }

    private async ValueTask<bool> NextAsync()
    {
        try
        {
            return await reading.NextAsync();
        }
        catch (ProviderException failure)
        {
            ChatException broken = call.Broken(failure);
            _outcome = broken.Error.Code;
            throw broken;
        }
    }
}
