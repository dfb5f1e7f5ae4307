using HybridAgents.Api.Requests;
using HybridAgents.Core.Models;
using HybridAgents.Providers;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Models;

/// <summary>Finds models by the names that people use.</summary>
internal static class ModelLookup
{
    /// <summary>The name in the path. Servers leave an escaped slash as it came, and publishers' names have slashes.</summary>
    public static string NameOf(HttpContext http) => http.RouteValue("model").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>The model by <c>provider:model</c>, or the preferred one of a bare name; null if there is none.</summary>
    public static ModelInfo? Find(ModelSnapshot snapshot, string name) =>
        snapshot.Models.FirstOrDefault(model => ModelNames.Same(model.Ref.ToString(), name)) ?? snapshot.Models.FirstOrDefault(model => ModelNames.Same(model.Ref.Model, name));
}
