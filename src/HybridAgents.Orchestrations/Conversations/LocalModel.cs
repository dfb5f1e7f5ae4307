using System.Text;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using HybridAgents.Providers;

namespace HybridAgents.Orchestrations.Conversations;

/// <summary>Asks a local model for small things beside a run: titles, summaries, what to remember. Nothing of it ever leaves the machine, whatever its label.</summary>
internal sealed class LocalModel(IModelDirectory directory, IModelGateway gateway, FeatureExtractor features, RoutingPolicyFactory policies, PrivacyGate gate, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The answer; null if no local model may or can serve, or it says nothing. A model of last resort is not asked: it has nothing to say.</summary>
    /// <param name="instruction">What is wanted.</param>
    /// <param name="text">What it is about.</param>
    /// <param name="tenant">Whose it is; decides which models are allowed.</param>
    /// <param name="maxTokens">The longest answer.</param>
    /// <param name="cancellationToken">Aborts the call.</param>
    public async Task<string?> AskAsync(string instruction, string text, string tenant, int maxTokens, CancellationToken cancellationToken)
    {
        ModelSnapshot models = await directory.GetAsync(cancellationToken);
        ModelInfo[] local = [.. models.Models.Where(static model => model is { Locality: Locality.Local, LastResort: false })];
        Message[] messages = [Message.System(instruction), Message.User(text)];
        RoutingPolicy policy = policies.Create(tenant, "auto", new() { PrivacyLevel = PrivacyLabel.LocalOnly, LatencyPreference = LatencyPreference.Speed }, default);
        RoutingDecision decision = Router.Decide(new(features.Measure(messages, PrivacyLabel.LocalOnly, [], maxTokens), policy, local, models.Health));
        if (decision.Candidates.Count == 0)
            return null;
        ModelInfo chosen = local.First(model => model.Ref == decision.Candidates[0].Model);
        ModelRequest request = new() { Model = chosen.Ref, Tenant = tenant, Messages = messages, Temperature = 0, MaxOutputTokens = chosen.OutputTokens(maxTokens) };
        if (gate.Clear(request, OutsideText.Of(request), PrivacyLabel.LocalOnly, new(chosen.Ref.ToString(), chosen.Locality), false).Cleared is not { } cleared)
            return null;
        using CancellationTokenSource limit = new(Limit, time);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            StringBuilder answer = new();
            await foreach (ModelUpdate update in gateway.StreamAsync(cleared, stop.Token))
            {
                if (update is ModelUpdate.TextDelta delta)
                    answer.Append(delta.Text);
            }

            return answer.ToString().Trim() is { Length: > 0 } said ? said : null;
        }
        catch (ProviderException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
