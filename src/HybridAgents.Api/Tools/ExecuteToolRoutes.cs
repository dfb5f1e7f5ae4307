using System.Text.Json;
using HybridAgents.Api.Auth;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Core.Tools;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tools;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Tools;

/// <summary>Calling a tool outside of a run. The caller decides for itself: no approval is asked for.</summary>
public sealed class ExecuteToolRoutes(ToolRegistry registry, IToolExecutions executions) : IApiRoutes
{
    private const int MaxArgumentBytes = 256 * 1024;
    private const string KeyField = "idempotency_key";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    private static readonly ObjectSchema Body = new(
        new Field("name", new TextSchema(1, 64), Required: true),
        new Field("arguments", new AnyObjectSchema(MaxArgumentBytes)),
        new Field("timeout_seconds", new NumberSchema(0.1m, 300)),
        new Field(KeyField, new TextSchema(1, 255)));

    private static readonly ObjectSchema ReviewBody = new(
        new Field("decision", TextSchema.OneOf(ToolReview.Done, ToolReview.Retry, ToolReview.Fail), Required: true),
        new Field("output", new TextSchema(0, MaxArgumentBytes)));

    private static readonly IReadOnlyList<RouteAnswer> Answers =
    [
        new(200, typeof(ToolExecutionView), "The result; a tool that failed is `is_error: true`."),
        new(202, typeof(ToolExecutionView), "It runs on, or waits for a review (`requires_action`); `polling_url` has the result later."),
    ];

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("CallTool", "POST", "/api/v1/tools/execute", ApiAccess.Write, ExecuteAsync)
        {
            Tag = "Tools", Summary = "Runs a tool as a durable execution. The same `idempotency_key` with the same call is the same execution, for 24 hours.",
            Body = Body, Answers = Answers, Errors = [404, 413, 422, 503],
        },
        new("GetToolExecution", "GET", "/api/v1/tools/executions/{call_id}", ApiAccess.Read, GetAsync)
        {
            Tag = "Tools", Summary = "Shows a tool call that was started by /api/v1/tools/execute; kept for a day at least.", Answers = Answers, Errors = [404],
        },
        new("ReviewToolExecution", "POST", "/api/v1/tools/executions/{call_id}/review", ApiAccess.Write, ReviewAsync)
        {
            Tag = "Tools", Summary = "Settles a call whose status is `requires_action`: an at-most-once call that a crash has cut off, so that nobody knows whether it took effect. The first decision stands.",
            Body = ReviewBody, Answers = Answers, Errors = [404, 409, 413],
        },
    ];

    private async Task<IResult> ExecuteAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, Body);
        ApiCaller caller = ApiCaller.Of(http);
        RunCaller owner = caller.ToRunCaller();
        string name = body.Root.Text("name")!;
        ITool tool = (await registry.GetAsync(caller.Tenant, http.RequestAborted)).Find(name)
            ?? throw new RequestRefusedException(ApiErrors.NotFound($"There is no tool '{ApiErrors.Shorten(name)}'; /api/v1/tools lists what there is."));
        if (tool.Definition.RequiredRole > owner.Role)
            return ApiResults.Error(ApiErrors.Forbidden($"The key's role is {caller.Role}; the tool '{tool.Definition.Name}' needs {tool.Definition.RequiredRole.ToString().ToUpperInvariant()}."));
        JsonElement arguments = body.Root.Field("arguments")?.Clone() ?? JsonElement.Parse("{}");
        Check(tool.Definition, arguments);
        TimeSpan? timeout = body.Root.Field("timeout_seconds") is { } seconds ? TimeSpan.FromSeconds(seconds.GetDouble()) : null;

        ToolExecutionStart start = await executions.StartAsync(new(tool, arguments, timeout, body.Root.Text(KeyField)), owner, http.RequestAborted);
        return start.KeyReused
            ? ApiResults.Error(ApiErrors.IdempotencyKeyReused())
            : Answer(http, (await executions.WaitAsync(start.CallId, owner, Patience, http.RequestAborted))!);
    }

    private async Task<IResult> GetAsync(HttpContext http)
    {
        string id = http.RouteValue("call_id");
        return await executions.WaitAsync(id, ApiCaller.Of(http).ToRunCaller(), TimeSpan.Zero, http.RequestAborted) is { } view
            ? Answer(http, view)
            : ApiResults.Error(ApiErrors.NotFound($"There is no tool call '{ApiErrors.Shorten(id)}'."));
    }

    private async Task<IResult> ReviewAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, ReviewBody);
        string id = http.RouteValue("call_id");
        RunCaller owner = ApiCaller.Of(http).ToRunCaller();
        return await executions.ReviewAsync(id, owner, new(body.Root.Text("decision")!, body.Root.Text("output")), http.RequestAborted) switch
        {
            AnswerResult.Accepted => Answer(http, (await executions.WaitAsync(id, owner, TimeSpan.Zero, http.RequestAborted))!),
            AnswerResult.Conflict => ApiResults.Error(ApiErrors.Conflict("The call was settled in another way before.")),
            _ => ApiResults.Error(ApiErrors.NotFound($"There is no tool call '{ApiErrors.Shorten(id)}' that waits for a review.")),
        };
    }

    private static void Check(ToolDefinition tool, JsonElement arguments)
    {
        Faults faults = new();
        foreach (SchemaFault fault in JsonSchemaValidator.Validate(tool.Parameters, arguments))
            faults.Add("arguments" + fault.Path[1..], fault.Message);
        faults.ThrowIfAny();
    }

    private static IResult Answer(HttpContext http, ToolExecutionView view)
    {
        if (view.Ended)
            return ApiResults.Json(view);
        http.Response.Headers.Location = view.PollingUrl;
        http.Response.Headers.RetryAfter = "1";
        return ApiResults.Json(view, StatusCodes.Status202Accepted);
    }
}
