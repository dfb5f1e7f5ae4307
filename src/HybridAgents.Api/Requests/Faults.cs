using HybridAgents.Api.Errors;

namespace HybridAgents.Api.Requests;

/// <summary>Collects what is wrong with a request, at most <see cref="Limit"/> faults.</summary>
/// <param name="prefix">What goes before every path, for a part of a body.</param>
public sealed class Faults(string prefix = "")
{
    /// <summary>The most faults that are kept: the first ones.</summary>
    public const int Limit = 50;

    private readonly List<FieldFault> _found = [];

    /// <summary>Gets whether anything was wrong.</summary>
    public bool Any => _found.Count > 0;

    public void Add(string path, string message)
    {
        if (_found.Count < Limit)
            _found.Add(new(prefix.Length + path.Length == 0 ? "body" : prefix + path, message));
    }

    /// <summary>Does nothing if all is well.</summary>
    /// <exception cref="RequestRefusedException">Something was wrong: a 400 with every fault.</exception>
    public void ThrowIfAny()
    {
        if (Any)
            throw new RequestRefusedException(ApiErrors.Invalid(_found));
    }
}
