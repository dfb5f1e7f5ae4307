using System.Runtime.CompilerServices;
using HybridAgents.Core.Models;
using HybridAgents.Providers.Http;
using HybridAgents.Providers.Pipeline;

namespace HybridAgents.Providers.Ollama;

/// <summary>Fetches models onto an Ollama server, and says which it has loaded.</summary>
/// <param name="provider">The provider's name.</param>
/// <param name="api">The server.</param>
internal sealed class OllamaLibrary(string provider, OllamaApi api)
{
    public async IAsyncEnumerable<PullProgress> PullAsync(string name, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ModelRef model = new(provider, ModelNames.WithTag(name));
        bool succeeded = false;
        await using IAsyncEnumerator<PullProgress> lines = ReadAsync(model, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                if (!await lines.MoveNextAsync())
                    break;
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested && TransportFaults.Translate(model, error, answered: true) is { } fault)
            {
                throw fault;
            }

            succeeded |= lines.Current.Succeeded;
            yield return lines.Current;
        }

        if (!succeeded)
            throw new ProviderException(model, ProviderFault.StreamBroken, "The server stopped before the model was there.");
    }

    public async Task<IReadOnlyList<RunningModel>> RunningAsync(CancellationToken cancellationToken)
    {
        OllamaRunning running = await api.RunningAsync(new(provider, "*"), cancellationToken);
        return [.. (running.Models ?? []).Where(model => !string.IsNullOrEmpty(model.Name)).Select(model => new RunningModel(model.Name!, model.Size, model.SizeVram, model.ExpiresAt?.ToUniversalTime()))];
    }

    private async IAsyncEnumerable<PullProgress> ReadAsync(ModelRef model, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await api.PullAsync(model, cancellationToken);
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (OllamaPullLine line in JsonLines.ReadAsync(body, OllamaJson.Default.OllamaPullLine, cancellationToken))
        {
            if (line.Error is { } error)
                throw new ProviderException(model, IsMissing(error) ? ProviderFault.ModelNotFound : ProviderFault.StreamBroken, TransportFaults.Bounded(error));
            yield return new(line.Status ?? "", line.Digest, line.Completed, line.Total);
        }
    }

    /// <summary>The status is 200 by the time that the registry has been asked, so only the words tell.</summary>
    private static bool IsMissing(string error) =>
        error.Contains("file does not exist", StringComparison.OrdinalIgnoreCase) || error.Contains("not found", StringComparison.OrdinalIgnoreCase);
}
