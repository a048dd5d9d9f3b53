using Hangfire.Dashboard;
using Microsoft.AspNetCore.Authorization;
using Recsys.Batch.Jobs.Access;

namespace Recsys.Batch.Jobs.Scheduling.Dashboard;

/// <summary>The console's sign-in and roles. A viewer sees no buttons, and what only a button would send is refused.</summary>
internal sealed class ConsoleSignIn : IDashboardAsyncAuthorizationFilter
{
    /// <summary>Pages ask for their figures by POST.</summary>
    private const string Figures = "/stats";

    private static readonly object Operator = new();

    public async Task<bool> AuthorizeAsync(DashboardContext context)
    {
        var http = context.GetHttpContext();
        if (await MayAsync(http, AccessPolicies.Operator).ConfigureAwait(false))
        {
            http.Items[Operator] = true;
            return true;
        }
        bool looks = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || context.Request.Path == Figures;
        return looks && await MayAsync(http, AccessPolicies.Viewer).ConfigureAwait(false);
    }

    public static async Task<bool> MayAsync(HttpContext http, string policy) =>
        (await http.RequestServices.GetRequiredService<IAuthorizationService>().AuthorizeAsync(http.User, policy).ConfigureAwait(false)).Succeeded;

    public static bool IsReadOnly(DashboardContext context) => !context.GetHttpContext().Items.ContainsKey(Operator);
}
