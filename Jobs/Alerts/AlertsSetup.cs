namespace Recsys.Batch.Jobs.Alerts;

internal static class AlertsSetup
{
    public static IServiceCollection AddAlerts(this IServiceCollection services, AlertsOptions options) => services
        .AddSingleton(options)
        .AddSingleton<AlertRules>()
        .AddSingleton<Webhooks>()
        .AddSingleton<AlertWatch>()
        .AddHostedService(s => s.GetRequiredService<AlertWatch>());
}
