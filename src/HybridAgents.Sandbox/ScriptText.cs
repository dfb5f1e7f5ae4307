using Jurassic;
using Jurassic.Library;

namespace HybridAgents.Sandbox;

/// <summary>Writes values of a script as text: objects and arrays as JSON.</summary>
internal static class ScriptText
{
    public static string Of(ScriptEngine engine, object value)
    {
        if (value is not ObjectInstance || value is FunctionInstance or ErrorInstance or DateInstance or RegExpInstance)
            return TypeConverter.ToString(value);
        try
        {
            return JSONObject.Stringify(engine, value) as string ?? TypeConverter.ToString(value);
        }
        catch (JavaScriptException) // A value that holds itself.
        {
            return TypeConverter.ToString(value);
        }
    }
}
