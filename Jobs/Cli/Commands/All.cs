using System.CommandLine;
using Recsys.Batch.Jobs.Cli.Demo;

namespace Recsys.Batch.Jobs.Cli.Commands;

/// <summary>The commands, in the order in which help shows them.</summary>
internal static class All
{
    public static IEnumerable<Command> Build(CliContext surroundings) =>
    [
        DemoCommand.Build(surroundings),
        RunCommand.Build(surroundings),
        ServeCommand.Build(surroundings),
        ListsCommand.Build(surroundings),
        VersionsCommand.Build(surroundings),
        ForgetCommand.Build(surroundings),
        EvalCommand.Build(surroundings),
        GenerateCommand.Build(surroundings),
        InspectCommand.Build(surroundings),
        QuantizeEncoderCommand.Build(surroundings),
        DoctorCommand.Build(surroundings),
    ];

    /// <summary>Gives <paramref name="command"/> its action under the rules of <see cref="Failure"/>.</summary>
    public static Command Does(this Command command, CliContext surroundings, Func<Invocation, Task<int>> action, string resumeHint = "")
    {
        command.SetAction((arguments, cancellation) =>
            Failure.Guard(new Invocation(arguments, surroundings, cancellation), action, resumeHint));
        return command;
    }
}
