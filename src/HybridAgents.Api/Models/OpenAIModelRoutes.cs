using HybridAgents.Api.Errors;
using HybridAgents.Api.Routes;
using HybridAgents.Core.Models;
using HybridAgents.Providers;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Models;

/// <summary>The models in OpenAI's form: <c>auto</c>, which lets the router choose, and every model of every enabled provider.</summary>
public sealed class OpenAIModelRoutes(IModelDirectory directory) : IApiRoutes
{
    private const string Auto = "auto";

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("ListOpenAIModels", "GET", "/v1/models", ApiAccess.Read, ListAsync)
        {
            Tag = "Models", Summary = "Lists the names that a chat completion takes, as OpenAI's endpoint of that path does.", OpenAI = true,
            Answers = [new(200, typeof(OpenAIModelList), "The models, in order of preference.")],
        },
        new("GetOpenAIModel", "GET", "/v1/models/{model}", ApiAccess.Read, GetAsync)
        {
            Tag = "Models", Summary = "Shows one model, by `provider:model` or by its bare name; a slash in it is written %2F.", OpenAI = true,
            Answers = [new(200, typeof(OpenAIModel), "The model.")], Errors = [404],
        },
    ];

    private async Task<IResult> ListAsync(HttpContext http)
    {
        ModelSnapshot snapshot = await directory.GetAsync(http.RequestAborted);
        return ApiResults.Json(new OpenAIModelList("list", [OpenAIModel.Of(Auto, "hybridagents"), .. snapshot.Models.Select(OpenAIModel.Of)]));
    }

    private async Task<IResult> GetAsync(HttpContext http)
    {
        string name = ModelLookup.NameOf(http);
        if (name == Auto)
            return ApiResults.Json(OpenAIModel.Of(Auto, "hybridagents"));
        ModelSnapshot snapshot = await directory.GetAsync(http.RequestAborted);
        return ModelLookup.Find(snapshot, name) is { } model
            ? ApiResults.Json(OpenAIModel.Of(model))
            : ApiResults.Error(new(StatusCodes.Status404NotFound, "model_not_found", $"There is no model '{ApiErrors.Shorten(name)}'; GET /v1/models lists what there is.") { Field = "model" });
    }
}

/// <summary>Models, in order of preference.</summary>
/// <param name="Object"><c>list</c>.</param>
/// <param name="Data">The models.</param>
public sealed record OpenAIModelList(string Object, IReadOnlyList<OpenAIModel> Data);

/// <summary>A model.</summary>
/// <param name="Id">What a request names it by: <c>provider:model</c>.</param>
/// <param name="Object"><c>model</c>.</param>
/// <param name="Created">0: providers do not say.</param>
/// <param name="OwnedBy">The provider.</param>
public sealed record OpenAIModel(string Id, string Object, long Created, string OwnedBy)
{
    internal static OpenAIModel Of(ModelInfo model) => Of(model.Ref.ToString(), model.Ref.Provider);

    internal static OpenAIModel Of(string id, string owner) => new(id, "model", 0, owner);
}
