using System.Text.RegularExpressions;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Api.Runs;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Providers;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Models;

/// <summary>Work on models that takes longer than a request: each a run, with a run's status, events and cancel.</summary>
public sealed partial class ModelJobRoutes(RunAcceptance acceptance, IModelDirectory directory, ProviderRegistry registry) : IApiRoutes
{
    private const int PullSeconds = 6 * 3600;
    private const int BenchmarkSeconds = 1800;
    private const int UsualRounds = 3;

    private static readonly ObjectSchema PullBody = new(new Field("model", new TextSchema(1, 200), Required: true), new Field("provider", new TextSchema(1, 64)));

    private static readonly ObjectSchema BenchmarkBody = new(new Field("rounds", new IntegerSchema(1, 20)));

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("StartModelPull", "POST", "/api/v1/models/pull", ApiAccess.Admin, PullAsync)
        {
            Tag = "Models", Summary = "Fetches a model onto a provider that can (Ollama), as a durable job: `job.progress` events say how far it is. The provider is the first that can, unless given.",
            Body = PullBody, Headers = RunAcceptance.Headers, Answers = RunAcceptance.Answers, Errors = RunAcceptance.Errors,
        },
        new("StartModelBenchmark", "POST", "/api/v1/models/{model}/benchmark", ApiAccess.Write, BenchmarkAsync)
        {
            Tag = "Models", Summary = "Measures a model with fixed questions, as a durable job: time to the first token, in all, and tokens a second. Three rounds unless given, paid for as any other call.",
            Body = BenchmarkBody, BodyOptional = true, Headers = RunAcceptance.Headers, Answers = RunAcceptance.Answers, Errors = [404, .. RunAcceptance.Errors],
        },
    ];

    private async Task<IResult> PullAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, PullBody);
        string model = body.Root.Text("model")!;
        string? name = body.Root.Text("provider");
        List<string> able = [.. registry.Providers.Where(static provider => provider.Source is IModelLibrary).Select(static provider => provider.Name)];
        string? provider = name is null ? able.FirstOrDefault() : able.Find(known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
        Faults faults = new();
        if (!ModelName().IsMatch(model))
            faults.Add("model", "must be a name such as llama3.2 or llama3.2:3b: letters, digits and . _ / : -");
        if (provider is null)
            faults.Add("provider", able.Count == 0 ? "cannot be chosen: no enabled provider fetches models" : $"must be one that fetches models: {string.Join(", ", able)}");
        faults.ThrowIfAny();
        return await StartAsync(http, new(ModelJobKind.Pull, new(provider!, ModelNames.WithTag(model))), "model_pull", $"Fetch {model}.", PullSeconds, RunAcceptance.TokenOf(http, body));
    }

    private async Task<IResult> BenchmarkAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, BenchmarkBody, optional: true);
        string name = ModelLookup.NameOf(http);
        if (ModelLookup.Find(await directory.GetAsync(http.RequestAborted), name) is not { } model)
            return ApiResults.Error(ApiErrors.NotFound($"There is no model '{ApiErrors.Shorten(name)}'; GET /api/v1/models lists what there is."));
        ModelJob job = new(ModelJobKind.Benchmark, model.Ref, body.Root.Integer("rounds") ?? UsualRounds);
        return await StartAsync(http, job, "model_benchmark", $"Measure {model.Ref}.", BenchmarkSeconds, RunAcceptance.TokenOf(http, body));
    }

    private Task<IResult> StartAsync(HttpContext http, ModelJob job, string type, string text, int seconds, IdempotencyToken? token) => acceptance.StartAsync(
        http,
        new() { Job = job, Agent = new() { AgentType = type, MaxTurns = 1, Tools = [] }, Messages = [Message.User(text)], Limits = new() { TimeoutSeconds = seconds } },
        token);

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._/:-]*$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex ModelName();
}
