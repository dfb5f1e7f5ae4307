using HybridAgents.Core.Conversations;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Conversations;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.Runs;

/// <summary>Makes requests for new runs out of runs that there are.</summary>
internal sealed class RunSources(RunProjection projection, RunRequests requests, Transcript transcript, Openings openings)
{
    public async Task<RunSource> GetAsync(string runId, RunCaller caller, int? throughTurn, CancellationToken cancellationToken)
    {
        if (await projection.FindAsync(runId, caller, cancellationToken) is not { } run || await requests.GetAsync(runId, cancellationToken) is not { } request)
            return new(RunSourceOutcome.NoRun);
        if (run.BaseStatus.IsTerminal())
            requests.Forget(runId);
        // The new run stands beside the conversation: it begins with what this one knew of it, and is no turn.
        IReadOnlyList<Message> known = request.ConversationId is null ? [] : (await openings.GetAsync(runId, cancellationToken))?.ToMessages() ?? [];
        request = request with
        {
            Origin = new(runId, throughTurn),
            Messages = [.. known, .. request.Messages],
            Routing = request.Routing with { PrivacyLevel = request.Routing.PrivacyLevel.RaisedTo(known.Count > 0 ? run.Label : PrivacyLabel.Standard) },
            ConversationId = null,
            Regenerates = false,
        };
        if (request.Workflow is { } task && (throughTurn is not null || task.Plan is null))
            return new(RunSourceOutcome.Workflow);
        if (throughTurn is not { } turn)
            return new(RunSourceOutcome.Found, request);
        if (turn > 0 && await transcript.GetAnswerAsync(runId, turn, cancellationToken) is null)
            return new(RunSourceOutcome.NoTurn);

        List<Message> produced = await transcript.ReadThroughAsync(runId, turn, cancellationToken);
        int asked = produced.FindLast(message => message.Role == MessageRole.Assistant)?.ToolCalls?.Count ?? 0;
        int answered = produced.Count - 1 - produced.FindLastIndex(message => message.Role == MessageRole.Assistant);
        if (answered < asked)
            return new(RunSourceOutcome.OpenTurn);
        return new(RunSourceOutcome.Found, request with
        {
            Messages = [.. request.Messages, .. produced],
            Untrusted = request.Untrusted || run.UntrustedTurn <= turn,
            Routing = request.Routing with { PrivacyLevel = request.Routing.PrivacyLevel.RaisedTo(run.Label) },
        });
    }
}
