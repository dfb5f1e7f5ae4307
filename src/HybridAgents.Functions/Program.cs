using HybridAgents.Functions.Hosting;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

try
{
    FunctionsApplicationBuilder builder = FunctionsApplication.CreateBuilder(args);
    builder.ConfigureFunctionsWebApplication();
    builder.AddHybridAgents();
    await builder.Build().RunAsync();
    return 0;
}
catch (Exception error) when (StartFailure.From(error) is not null)
{
    StartFailure failure = StartFailure.From(error)!;
    await Console.Error.WriteLineAsync(failure.Line);
    return failure.ExitCode;
}
