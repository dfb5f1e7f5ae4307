using Jurassic;
using Jurassic.Library;

namespace HybridAgents.Sandbox;

/// <summary>The script's <c>console</c>: what is printed is kept for the answer.</summary>
internal sealed class ScriptConsole : ObjectInstance
{
    private readonly Transcript _transcript;

    public ScriptConsole(ScriptEngine engine, Transcript transcript)
        : base(engine)
    {
        _transcript = transcript;
        PopulateFunctions();
    }

    [JSFunction(Name = "log")]
    public void Log(params object[] values) => Print(values);

    [JSFunction(Name = "info")]
    public void Info(params object[] values) => Print(values);

    [JSFunction(Name = "warn")]
    public void Warn(params object[] values) => Print(values);

    [JSFunction(Name = "error")]
    public void Error(params object[] values) => Print(values);

    private void Print(object[] values) => _transcript.Print(string.Join(' ', values.Select(value => ScriptText.Of(Engine, value))));
}
