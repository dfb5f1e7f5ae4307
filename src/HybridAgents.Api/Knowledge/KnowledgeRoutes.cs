using HybridAgents.Api.Auth;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Core.Knowledge;
using HybridAgents.Core.Privacy;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Knowledge;

/// <summary>The tenant's documents, and search in them and in the operator's folder.</summary>
public sealed class KnowledgeRoutes(IDocumentStore documents, IKnowledgeStore knowledge) : IApiRoutes
{
    private const string All = "/api/v1/knowledge/documents";
    private const string One = $"{All}/{{document_id}}";

    private static readonly ObjectSchema Body = new(
        new Field("content", new TextSchema(1, JsonBody.NativeLimit), Required: true),
        new Field("title", new TextSchema(1, 300)),
        new Field("format", TextSchema.OneOf("markdown", "text", "html")),
        new Field("privacy_level", TextSchema.OneOf(PrivacyLabels.Allowed.Split(", "))));

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("ListDocuments", "GET", All, ApiAccess.Read, ListAsync)
        {
            Tag = "Knowledge", Summary = "Lists the uploaded documents, newest first.",
            Query = [new("limit", "1 to 1000; 100 by default.")], Answers = [new(200, typeof(DocumentList), "The documents.")],
        },
        new("AddDocument", "POST", All, ApiAccess.Write, AddAsync)
        {
            Tag = "Knowledge", Summary = "Adds a document: Markdown (usual), text or HTML. The same one again is there once.",
            Body = Body, Answers = [new(201, typeof(DocumentInfo), "What is known of it.")], Errors = [409, 413],
        },
        new("GetDocument", "GET", One, ApiAccess.Read, GetAsync)
        {
            Tag = "Knowledge", Summary = "Shows a document with its text.", Answers = [new(200, typeof(DocumentView), "The document.")], Errors = [404],
        },
        new("DeleteDocument", "DELETE", One, ApiAccess.Write, DeleteAsync) { Tag = "Knowledge", Summary = "Deletes a document.", Answers = [new(204, null, "It is gone.")], Errors = [404] },
        new("SearchKnowledge", "GET", "/api/v1/knowledge/search", ApiAccess.Read, SearchAsync)
        {
            Tag = "Knowledge", Summary = "Finds passages, best first, as agents do: in uploaded documents and in the operator's folder.",
            Query = [new("q", "What to look for, 1 to 1000 characters."), new("limit", "1 to 20; 10 by default.")],
            Answers = [new(200, typeof(KnowledgeHits), "The passages, with what is needed to cite them.")],
        },
    ];

    private async Task<IResult> ListAsync(HttpContext http)
    {
        int limit = (int)(http.QueryInteger("limit", 1, 1000) ?? 100);
        IReadOnlyList<DocumentInfo> all = await documents.ListAsync(ApiCaller.Of(http).Tenant, http.RequestAborted);
        return ApiResults.Json(new DocumentList([.. all.Take(limit)], all.Count));
    }

    private async Task<IResult> AddAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, Body);
        string content = body.Root.Text("content")!;
        if (content.AsSpan().TrimStart().StartsWith("%PDF-", StringComparison.Ordinal))
            return ApiResults.Error(ApiErrors.Invalid("content", "is a PDF, which is not read; allowed are Markdown, text and HTML"));
        string? title = body.Root.Text("title");
        DocumentText document = body.Root.Text("format") == "html" ? DocumentText.OfHtml(content, title) : DocumentText.OfText(content, title);
        if (string.IsNullOrWhiteSpace(document.Text))
            return ApiResults.Error(ApiErrors.Invalid("content", "has no text"));
        PrivacyLabel label = PrivacyLabel.Standard;
        if (body.Root.Text("privacy_level") is { } level)
            _ = PrivacyLabels.TryParse(level, out label);
        if (await documents.AddAsync(ApiCaller.Of(http).Tenant, document, label, http.RequestAborted) is not { } info)
            return ApiResults.Error(ApiErrors.Conflict($"There are {IDocumentStore.MaxDocuments} documents already; delete some first."));
        http.Response.Headers.Location = $"{All}/{info.Id}";
        return ApiResults.Json(info, StatusCodes.Status201Created);
    }

    private async Task<IResult> GetAsync(HttpContext http)
    {
        string tenant = ApiCaller.Of(http).Tenant, id = http.RouteValue("document_id");
        return await documents.FindAsync(tenant, id, http.RequestAborted) is { } info && await documents.GetAsync(tenant, id, http.RequestAborted) is { } document
            ? ApiResults.Json(new DocumentView(info.Id, info.Title, info.Characters, info.Chunks, info.CreatedAt, info.PrivacyLevel, info.EmbeddingModel, info.Dimensions, document.Content))
            : NotFound(id);
    }

    private async Task<IResult> DeleteAsync(HttpContext http)
    {
        string id = http.RouteValue("document_id");
        return await documents.DeleteAsync(ApiCaller.Of(http).Tenant, id, http.RequestAborted) ? Results.NoContent() : NotFound(id);
    }

    private async Task<IResult> SearchAsync(HttpContext http)
    {
        string query = http.QueryText("q", 1000) ?? throw new RequestRefusedException(ApiErrors.Invalid("query.q", "must be given, with 1 to 1000 characters"));
        int limit = (int)(http.QueryInteger("limit", 1, 20) ?? 10);
        return ApiResults.Json(new KnowledgeHits(await knowledge.SearchAsync(ApiCaller.Of(http).Tenant, new(query, limit), http.RequestAborted)));
    }

    private static IResult NotFound(string id) => ApiResults.Error(ApiErrors.NotFound($"There is no document '{ApiErrors.Shorten(id)}'."));
}

/// <summary>Uploaded documents, newest first.</summary>
/// <param name="Documents">The documents.</param>
/// <param name="Total">How many there are.</param>
public sealed record DocumentList(IReadOnlyList<DocumentInfo> Documents, int Total);

/// <summary>An uploaded document with its text, as it is searched: of HTML, what can be read.</summary>
public sealed record DocumentView(string Id, string Title, int Characters, int Chunks, DateTimeOffset CreatedAt, PrivacyLabel PrivacyLevel, string? EmbeddingModel, int Dimensions, string Content);

/// <summary>Passages that fit, best first.</summary>
public sealed record KnowledgeHits(IReadOnlyList<KnowledgeHit> Results);
