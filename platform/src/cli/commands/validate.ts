/** `tidegate validate`: everything that is wrong with applications, at once. */
import type { Diagnostic } from '../../common/diagnostic.js';
import type { Application } from '../../spec/application.js';
import { sortedByPlace } from '../../spec/diagnostic-bag.js';
import type { Loaded } from '../../spec/load.js';
import type { SourceText } from '../../spec/text/source-text.js';
import { oneOf, parseArguments } from '../arguments.js';
import { checkApplication, pathOrDefault } from '../check-application.js';
import { hasErrors, REPORT_FORMATS, reportText } from '../diagnostics/report.js';
import { countText } from '../diagnostics/text.js';
import { EXIT, usesColour, type Command, type Io } from '../io.js';
import { missingInput } from '../missing-input.js';

const usage = `Usage: tidegate validate [PATH ...] [--format text|json|github]

Checks applications: each PATH is a file, or a folder whose YAML files are one application.
Without PATH: application.yaml, or the current folder.
Exit code 0 without errors (there may be warnings), 1 with.
`;

function run(args: readonly string[], io: Io): number {
  const { values, positionals } = parseArguments(args, { format: { type: 'string', default: 'text' } });
  const format = oneOf('format', values.format, REPORT_FORMATS);
  const paths = positionals.length > 0 ? positionals : [pathOrDefault(undefined, io)];
  const diagnostics: Diagnostic[] = [];
  const sources = new Map<string, SourceText>();
  const secrets = new Set<string>();
  const fine: string[] = [];
  for (const path of paths) {
    const { loaded, diagnostics: checked } = checkApplication(path, io);
    const found = withMissingInput(checked, loaded);
    diagnostics.push(...found);
    for (const [file, source] of loaded.sources) sources.set(file, source);
    for (const secret of loaded.secrets) secrets.add(secret);
    if (!hasErrors(found) && loaded.application !== undefined)
      fine.push(`${path} is valid: ${contents(loaded.application)}\n`);
  }
  io.out(reportText(diagnostics, format, { sources, secrets, colour: usesColour(io, 'out') }));
  if (format === 'text') io.out(summary(diagnostics, fine));
  return hasErrors(diagnostics) ? EXIT.failed : EXIT.fine;
}

/** Only of a sound application: where its structure is wrong, what is read of it may be. */
function withMissingInput(
  diagnostics: readonly Diagnostic[],
  { application, positions }: Loaded,
): readonly Diagnostic[] {
  if (hasErrors(diagnostics) || application === undefined || positions === undefined) return diagnostics;
  return sortedByPlace([...diagnostics, ...missingInput(application, positions)]);
}

function summary(diagnostics: readonly Diagnostic[], fine: readonly string[]): string {
  const count = countText(diagnostics);
  return count === '' ? fine.join('') : `\n${fine.join('')}${count}\n`;
}

function contents({ ingresses, rules, functions, routes, egresses, tests }: Application): string {
  const counted = (number: number, noun: string, plural = `${noun}s`) => `${number} ${number === 1 ? noun : plural}`;
  return [
    counted(ingresses.size, 'ingress', 'ingresses'),
    counted(rules.size, 'rule'),
    ...(functions.size === 0 ? [] : [counted(functions.size, 'function'), counted(routes.size, 'route')]),
    counted(egresses.size, 'egress', 'egresses'),
    ...(tests.size === 0 ? [] : [counted(tests.size, 'test')]),
  ].join(', ');
}

export const validate: Command = { usage, run };
