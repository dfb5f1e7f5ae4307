using System.Text;
using System.Text.Json;
using HybridAgents.Sandbox;

// Reads one script, gives up what a script must never have, runs it, answers, ends. Ends as well when the time is up and when nobody waits any more.
const int StackSize = 16 * 1024 * 1024;

using StreamReader input = new(Console.OpenStandardInput(), Encoding.UTF8);
CodeRequest request = JsonSerializer.Deserialize(input.ReadLine() ?? "null", CodeProtocol.Default.CodeRequest) ?? throw new InvalidOperationException("There is no request.");
Lockdown.Enter(request.Seconds, request.Megabytes);

Transcript transcript = new(request.MaxCharacters);
string? error = null;
Thread script = new(() => error = Script.Run(request.Code, transcript), StackSize) { IsBackground = true };
Thread hangUp = new(() =>
{
    _ = input.Read();
    Environment.Exit(1);
})
{ IsBackground = true };
hangUp.Start();
script.Start();
bool ended = script.Join(TimeSpan.FromSeconds(request.Seconds));

CodeAnswer answer = transcript.Close(ended ? error : $"The code ran longer than {request.Seconds} s and was stopped.");
using Stream output = Console.OpenStandardOutput();
output.Write(JsonSerializer.SerializeToUtf8Bytes(answer, CodeProtocol.Default.CodeAnswer));
