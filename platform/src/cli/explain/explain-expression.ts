/** `explain --expression`: the values of an expression of the command line, or what is wrong with it. */
import { checkExpression, type ExpressionScope } from '../../expression/index.js';
import { problemDiagnostic } from '../../expression/problem-diagnostic.js';
import { SourceText } from '../../spec/text/source-text.js';
import { diagnosticText } from '../diagnostics/text.js';
import { EXIT, usesColour, type Io } from '../io.js';
import { explainValues, type Surroundings } from './explain-values.js';
import type { SampleEvent } from './sample-event.js';
import { table } from './words.js';

/** @returns the exit code */
export function explainExpression(
  text: string,
  scope: ExpressionScope,
  event: SampleEvent,
  around: Surroundings,
  io: Io,
): number {
  const checked = checkExpression(text, scope);
  if (checked.ok) {
    io.out(`${table(explainValues(checked.tree, event.record, around))}\n`);
    for (const note of event.notes) io.err(`note: ${note}\n`);
    return EXIT.fine;
  }
  const source = new SourceText('<expression>', text);
  const sources = new Map([[source.file, source]]);
  for (const problem of checked.problems) {
    const diagnostic = problemDiagnostic(problem, source.range(problem.start, problem.end));
    io.err(diagnosticText(diagnostic, { sources, secrets: new Set(), colour: usesColour(io, 'err') }));
  }
  return EXIT.failed;
}
