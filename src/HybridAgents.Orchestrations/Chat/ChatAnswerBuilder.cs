using System.Text;
using System.Text.Json;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;

namespace HybridAgents.Orchestrations.Chat;

/// <summary>Puts the pieces of an answer together, each with its choice.</summary>
internal sealed class ChatAnswerBuilder
{
    private readonly List<Choice> _choices = [];

    public void Add(ModelUpdate update)
    {
        switch (update)
        {
            case ModelUpdate.TextDelta delta:
                At(update.Choice).Text.Append(delta.Text);
                break;
            case ModelUpdate.ToolCallRequested requested:
                At(update.Choice).Calls.Add(requested.Call);
                break;
            case ModelUpdate.TokenProbabilities scored:
                At(update.Choice).Probabilities.Add(scored.Tokens);
                break;
        }
    }

    public ChatAnswer Build(ChatOrigin origin, ModelUpdate.Finished end) =>
        new(origin, [At(0).Build(end.Reason), .. end.OtherReasons.Select((reason, index) => At(index + 1).Build(reason))], end.Usage);

    private Choice At(int index)
    {
        while (_choices.Count <= index)
            _choices.Add(new());
        return _choices[index];
    }

    private sealed class Choice
    {
        public StringBuilder Text { get; } = new();

        public List<ToolCall> Calls { get; } = [];

        public List<JsonElement> Probabilities { get; } = [];

        public ChatAnswerChoice Build(string reason) => new(Text.Length == 0 && Calls.Count > 0 ? null : Text.ToString(), Calls, Probabilities, reason);
    }
}
