using Hangfire.Dashboard;
using Microsoft.AspNetCore.Authorization;
using Recsys.Batch.Jobs.Access;

namespace Recsys.Batch.Jobs.Scheduling.HangfireEngine.Dashboard;

/// <summary>The console's sign-in and roles. A viewer sees no buttons, and what only a button would send is refused.</summary>
internal sealed class ConsoleSignIn : IDashboardAsyncAuthorizationFilter
{
    /// <summary>Pages ask for their figures by POST.</summary>
    private const string Figures = "/stats";

    private static readonly object Operator = new();

    public async Task<bool> AuthorizeAsync(DashboardContext context)
    {
        var http = context.GetHttpContext();
        var authorization = http.RequestServices.GetRequiredService<IAuthorizationService>();
        if ((await authorization.AuthorizeAsync(http.User, AccessPolicies.Operator).ConfigureAwait(false)).Succeeded)
        {
            http.Items[Operator] = true;
            return true;
        }
        bool looks = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || context.Request.Path == Figures;
        return looks && (await authorization.AuthorizeAsync(http.User, AccessPolicies.Viewer).ConfigureAwait(false)).Succeeded;
    }

    public static bool IsReadOnly(DashboardContext context) => !context.GetHttpContext().Items.ContainsKey(Operator);
}
