using HybridAgents.Core.Models;

namespace HybridAgents.Api.Models;

/// <summary>Tries whether a provider answers, within 5 s.</summary>
public sealed class ConnectionTest(TimeProvider time)
{
    /// <summary>How long a provider has to answer.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Lists its models; a failure is an answer, too.</summary>
    public async Task<ConnectionView> TryAsync(string provider, Uri endpoint, Func<CancellationToken, Task<IReadOnlyList<ModelInfo>>> list, CancellationToken aborted)
    {
        using CancellationTokenSource limit = new(Limit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, aborted);
        long begun = time.GetTimestamp();
        // The address without what may be a secret.
        ConnectionView view = new(false, provider, endpoint.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped), null, null, null);
        try
        {
            IReadOnlyList<ModelInfo> models = await list(either.Token);
            return view with { Connected = true, LatencyMs = Math.Round(time.GetElapsedTime(begun).TotalMilliseconds, 1), Models = [.. models.Select(static model => model.Ref.Model)] };
        }
        catch (ProviderException failure)
        {
            return view with { Error = failure.Message };
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !aborted.IsCancellationRequested)
        {
            return view with { Error = $"It did not answer within {Limit.TotalSeconds} s." };
        }
    }
}
