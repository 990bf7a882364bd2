/** `tidegate test`: runs an application's `tests:` on virtual time and shows expected against actual. */
import { messageOf } from '../../common/errors.js';
import type { StreamGraph } from '../../job/stream-graph.js';
import type { Application } from '../../spec/application.js';
import { parseArguments } from '../arguments.js';
import { checkApplication, pathOrDefault } from '../check-application.js';
import { briefReport } from '../diagnostics/brief-report.js';
import { hasErrors } from '../diagnostics/report.js';
import { EXIT, usesColour, type Command, type Io } from '../io.js';
import { createRegistry } from '../registry.js';
import { systemClock } from '../runtime/system-clock.js';
import { TableLoader } from '../runtime/table-loader.js';
import { failureReport } from '../testing/failure-report.js';
import { runTest, type TestResult } from '../testing/test-run.js';

const usage = `Usage: tidegate test [PATH] [--grep TEXT]

Runs the tests of the application in PATH on virtual time, with the engine that runs it in production.
Exit code 0 when every test passes, 1 when one fails.

  --grep TEXT  only tests whose name contains TEXT
`;

async function runTests(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseArguments(args, { grep: { type: 'string', default: '' } });
  const path = pathOrDefault(positionals[0], io);
  const { loaded, graph, diagnostics } = checkApplication(path, io);
  const { sources, secrets, application } = loaded;
  io.err(briefReport(diagnostics, path, { sources, secrets, colour: usesColour(io, 'err') }));
  if (hasErrors(diagnostics) || graph === undefined || application === undefined) return EXIT.failed;
  const tests = [...application.tests.values()].filter(({ name }) => name.includes(values.grep));
  if (tests.length === 0) {
    io.out(
      application.tests.size === 0
        ? 'The application has no tests.\n'
        : `No test has ${JSON.stringify(values.grep)} in its name.\n`,
    );
    return application.tests.size === 0 ? EXIT.fine : EXIT.failed;
  }
  let failed = 0;
  for (const test of tests) {
    const result = await runOne(graph, application, test.name);
    if (result.state !== 'passed') failed++;
    io.out(`${mark(result, io)} ${test.name}\n`);
    if (result.state === 'failed') io.out(failureReport(result.egresses));
    if (result.state === 'error') io.out(`    ${messageOf(result.cause)}\n`);
  }
  io.out(`\n${tests.length - failed} passed, ${failed} failed\n`);
  return failed === 0 ? EXIT.fine : EXIT.failed;
}

async function runOne(graph: StreamGraph, application: Application, name: string): Promise<TestResult> {
  const testCase = application.tests.get(name);
  if (testCase === undefined) throw new Error(`no test ${name}`);
  const tables = new TableLoader(graph.tables, createRegistry(), systemClock, () => undefined);
  try {
    tables.load(testCase.tables);
  } catch (cause) {
    return { state: 'error', cause: cause instanceof Error ? cause : new Error(String(cause)) };
  }
  return runTest(graph, testCase, tables.tables);
}

function mark(result: TestResult, io: Io): string {
  const [sign, colour] = result.state === 'passed' ? ['✔', 32] : ['✗', 31];
  return usesColour(io, 'out') ? `\u001b[${colour}m${sign}\u001b[0m` : sign;
}

export const test: Command = { usage, run: runTests };
