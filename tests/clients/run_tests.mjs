/// Runs every test, one after the other, and says how each went.
/// @param tests  functions by what they show
/// @return how many failed
export async function runTests(tests) {
  let failed = 0;
  for (const [name, test] of Object.entries(tests)) {
    const began = Date.now();
    try {
      await test();
      console.log(`ok ${name} (${Date.now() - began} ms)`);
    } catch (error) {
      ++failed;
      console.log(`FAILED ${name}\n${error.stack ?? error}`);
    }
  }
  return failed;
}
