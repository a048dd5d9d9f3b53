namespace Recsys.Batch.Pipeline.Tests;

[TestClass]
public class StackChoiceTests
{
    [TestMethod]
    public void The_program_knows_the_stack_that_was_compiled_in()
    {
#if STACK_MLNET
        Assert.AreEqual("MLNet", StackChoice.Name);
#elif STACK_PORTABLE
        Assert.AreEqual("Portable", StackChoice.Name);
#else
        Assert.Fail("the build defined neither STACK_MLNET nor STACK_PORTABLE");
#endif
    }
}
