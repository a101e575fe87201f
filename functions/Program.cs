using Headwater.Functions.Hosting;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

FunctionsApplicationBuilder builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
try
{
    builder.Services.AddHeadwater(builder.Configuration).AddAppTelemetry(builder.Configuration);
}
catch (SettingsException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}

await builder.Build().RunAsync();
return 0;
