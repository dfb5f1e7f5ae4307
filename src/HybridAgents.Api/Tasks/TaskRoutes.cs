using System.Text.Json;
using HybridAgents.Api.Auth;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Tasks;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Tasks;

/// <summary>The tenant's tasks, which the task tools work on too.</summary>
public sealed class TaskRoutes(ITaskStore tasks) : IApiRoutes
{
    private const string One = "/api/v1/tasks/{task_id}";

    private static readonly Field[] Optional =
    [
        new("description", new TextSchema(0, 4000)),
        new("status", TextSchema.OneOf("pending", "in_progress", "completed")),
        new("priority", TextSchema.OneOf("low", "medium", "high")),
        new("due_date", new TextSchema(10, 10)),
    ];

    private static readonly ObjectSchema Draft = new([new Field("title", new TextSchema(1, 200), Required: true), .. Optional]);

    private static readonly ObjectSchema Change = new([new Field("title", new TextSchema(1, 200)), .. Optional]);

    private static readonly IReadOnlyList<RouteAnswer> Answers = [new(200, typeof(TodoTask), "The task.")];

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("ListTasks", "GET", "/api/v1/tasks", ApiAccess.Read, ListAsync)
        {
            Tag = "Tasks", Summary = "Lists tasks, newest first.",
            Query = [new("status", "Only tasks of this status: pending, in_progress or completed."), new("limit", "1 to 1000; 100 by default.")],
            Answers = [new(200, typeof(TaskList), "The tasks.")],
        },
        new("CreateTask", "POST", "/api/v1/tasks", ApiAccess.Write, CreateAsync)
        {
            Tag = "Tasks", Summary = "Makes a task: pending, of medium priority, without a date, unless given.", Body = Draft, Answers = [new(201, typeof(TodoTask), "The task.")], Errors = [409, 413],
        },
        new("GetTask", "GET", One, ApiAccess.Read, GetAsync) { Tag = "Tasks", Summary = "Shows a task.", Answers = Answers, Errors = [404] },
        new("UpdateTask", "PATCH", One, ApiAccess.Write, UpdateAsync) { Tag = "Tasks", Summary = "Changes the given fields of a task.", Body = Change, Answers = Answers, Errors = [404, 413] },
        new("DeleteTask", "DELETE", One, ApiAccess.Write, DeleteAsync) { Tag = "Tasks", Summary = "Deletes a task.", Answers = [new(204, null, "It is gone.")], Errors = [404] },
    ];

    private async Task<IResult> ListAsync(HttpContext http)
    {
        int limit = (int)(http.QueryInteger("limit", 1, 1000) ?? 100);
        return ApiResults.Json(new TaskList(await tasks.ListAsync(ApiCaller.Of(http).Tenant, http.QueryWord<TodoStatus>("status"), limit, http.RequestAborted)));
    }

    private async Task<IResult> CreateAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, Draft);
        if (await tasks.CreateAsync(ApiCaller.Of(http).Tenant, Read(body.Root), null, http.RequestAborted) is not { } task)
            return ApiResults.Error(ApiErrors.Conflict($"There are {ITaskStore.MaxTasks} tasks already; delete some first."));
        http.Response.Headers.Location = $"/api/v1/tasks/{task.Id}";
        return ApiResults.Json(task, StatusCodes.Status201Created);
    }

    private async Task<IResult> GetAsync(HttpContext http) => Answer(http, await tasks.GetAsync(ApiCaller.Of(http).Tenant, http.RouteValue("task_id"), http.RequestAborted));

    private async Task<IResult> UpdateAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, Change);
        if (body.Root.GetPropertyCount() == 0)
            return ApiResults.Error(ApiErrors.Invalid("body", "gives nothing to change; allowed: title, description, status, priority, due_date"));
        return Answer(http, await tasks.UpdateAsync(ApiCaller.Of(http).Tenant, http.RouteValue("task_id"), Read(body.Root), http.RequestAborted));
    }

    private async Task<IResult> DeleteAsync(HttpContext http) =>
        await tasks.DeleteAsync(ApiCaller.Of(http).Tenant, http.RouteValue("task_id"), http.RequestAborted) ? Results.NoContent() : Answer(http, null);

    private static TodoChange Read(JsonElement body) =>
        TaskArguments.Read(body, PrivacyLabel.Standard) ?? throw new RequestRefusedException(ApiErrors.Invalid("due_date", "must be a date: YYYY-MM-DD"));

    private static IResult Answer(HttpContext http, TodoTask? task) =>
        task is null ? ApiResults.Error(ApiErrors.NotFound($"There is no task '{ApiErrors.Shorten(http.RouteValue("task_id"))}'.")) : ApiResults.Json(task);
}

/// <summary>Tasks, newest first.</summary>
public sealed record TaskList(IReadOnlyList<TodoTask> Tasks);
