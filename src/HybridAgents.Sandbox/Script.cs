using Jurassic;

namespace HybridAgents.Sandbox;

/// <summary>Runs a script that sees the language and <c>console</c>, and nothing else: no files, no network, no clock to wait on, no .NET types.</summary>
internal static class Script
{
    private const int MaxDepth = 1000;

    /// <summary>Runs a script to its end.</summary>
    /// <returns>Why it failed; null if it did not.</returns>
    public static string? Run(string code, Transcript transcript)
    {
        try
        {
            ScriptEngine engine = new() { RecursionDepthLimit = MaxDepth, EnableExposedClrTypes = false };
            engine.SetGlobalValue("console", new ScriptConsole(engine, transcript));
            object value = engine.Evaluate(new StringScriptSource(code));
            transcript.Return(value is null or Undefined ? null : ScriptText.Of(engine, value));
            return null;
        }
        catch (JavaScriptException error)
        {
            return error.LineNumber > 0 ? $"{error.Message} (line {error.LineNumber})" : error.Message;
        }
        catch (StackOverflowException)
        {
            return $"RangeError: functions call each other more than {MaxDepth} deep.";
        }
        catch (OutOfMemoryException)
        {
            return "RangeError: the code needs more memory than it may use.";
        }
        catch (Exception error) // The compiler's own limits: what it cannot do is the script's failure, not the host's.
        {
            return $"Error: the code cannot be run ({error.GetType().Name}).";
        }
    }
}
