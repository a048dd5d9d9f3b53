// Its pages are in English; Hangfire names the process's culture, which is none.
document.documentElement.lang = "en";
// The chart library would write a style sheet into the page, which the content policy forbids; it is linked as a file already.
if (window.Chart && Chart.platform) Chart.platform.disableCSSInjection = true;

// Hangfire reloads the page where a command was done and says nothing where it was refused.
$(document).ajaxError(function (event, answer, request) {
    if (request.type !== "POST" || /\/stats$/.test(request.url)) return;
    var words = answer.status === 409 ? answer.responseText : "The host refused (" + answer.status + "). Reload the page and try again.";
    $(".recsys-refusal").remove();
    $("<div>").addClass("alert alert-danger recsys-refusal").attr("role", "alert").text(words).prependTo(".js-page-container");
    setTimeout(function () { $(".js-jobs-list-command, [data-ajax]").button("reset"); }, 150);
});

// How far a job's run is, as the host says it anew each second.
setInterval(function () {
    var run = document.getElementById("recsys-run");
    if (run && !document.hidden) $.get(run.dataset.live, function (html) { if (html) run.innerHTML = html; });
}, 1000);
