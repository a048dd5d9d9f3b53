using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Recsys.Batch.Jobs.Access.OpenId;

/// <summary>What happens around the framework's flow: the answer becomes a session of ours, or a page that says why not.</summary>
internal sealed partial class OpenIdFlow(ServeOptions serve, AccessDirectory directory, ILogger<OpenIdFlow> log) : OpenIdConnectEvents
{
    public override Task RedirectToIdentityProvider(RedirectContext context)
    {
        // The address that people use, whatever a proxy made of it.
        if (serve.PublicUrl is { } url) context.ProtocolMessage.RedirectUri = url.TrimEnd('/') + OpenIdSetup.CallbackPath;
        // Who was refused would come back at once as the same person.
        if (context.HttpContext.Request.Query.ContainsKey(OpenIdSetup.AnotherPerson)) context.ProtocolMessage.Prompt = OpenIdConnectPrompt.Login;
        return Task.CompletedTask;
    }

    public override Task TicketReceived(TicketReceivedContext context)
    {
        string returnUrl = LocalUrl.Or(context.ReturnUri, "/");
        var (principal, refusal) = OpenIdPerson.Of(context.Principal!, serve.OpenId, directory.Knows);
        if (refusal is { } why)
        {
            Refused(log, why);
            context.Response.Redirect(OpenIdRefusals.Page(why, returnUrl));
            context.HandleResponse();
            return Task.CompletedTask;
        }
        context.Principal = principal;
        // What the flow kept on its way is not a business of the session.
        context.Properties = new AuthenticationProperties();
        context.ReturnUri = $"{OpenIdSetup.SignedInPath}?returnUrl={Uri.EscapeDataString(returnUrl)}";
        SessionLog.SignedIn(log, principal!.Identity!.Name!);
        return Task.CompletedTask;
    }

    public override Task AccessDenied(AccessDeniedContext context) => Leave(context, OpenIdRefusal.Denied, context.Properties);

    public override Task RemoteFailure(RemoteFailureContext context)
    {
        Failed(log, OpenIdFailure.Words(context.Failure));
        return Leave(
            context,
            context.Failure?.GetBaseException() is HttpRequestException or IOException or TaskCanceledException ? OpenIdRefusal.Provider : OpenIdRefusal.Answer,
            context.Properties);
    }

    /// <summary>Sends the browser to the provider.</summary>
    public static async Task Start(HttpContext context, string? returnUrl)
    {
        try
        {
            await context.ChallengeAsync(AccessSchemes.OpenId, new AuthenticationProperties { RedirectUri = LocalUrl.Or(returnUrl, "/") })
                .ConfigureAwait(false);
        }
        // The framework asks the provider for its addresses first, and wraps what goes wrong there.
        catch (Exception e) when (e is InvalidOperationException or HttpRequestException or IOException or TaskCanceledException)
        {
            Failed(context.RequestServices.GetRequiredService<ILogger<OpenIdFlow>>(), OpenIdFailure.Words(e));
            context.Response.Redirect(OpenIdRefusals.Page(OpenIdRefusal.Provider, LocalUrl.Or(returnUrl, "/")));
        }
    }

    private Task Leave(HandleRequestContext<RemoteAuthenticationOptions> context, OpenIdRefusal refusal, AuthenticationProperties? properties)
    {
        Refused(log, refusal);
        context.Response.Redirect(OpenIdRefusals.Page(refusal, LocalUrl.Or(properties?.RedirectUri, "/")));
        context.HandleResponse();
        return Task.CompletedTask;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A sign-in at the OpenID Connect provider opened no session: {Refusal}")]
    private static partial void Refused(ILogger log, OpenIdRefusal refusal);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The OpenID Connect provider of Serve:OpenId:Authority: {Failure}")]
    private static partial void Failed(ILogger log, string? failure);
}
