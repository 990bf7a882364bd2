/** `tidegate config`: the application with every default filled in. */
import { stringify } from 'yaml';
import { effectiveConfig } from '../../spec/effective-config.js';
import { oneOf, parseArguments } from '../arguments.js';
import { checkApplication, pathOrDefault } from '../check-application.js';
import { hasErrors, reportText } from '../diagnostics/report.js';
import { EXIT, usesColour, type Command, type Io } from '../io.js';
import { createRegistry } from '../registry.js';

const usage = `Usage: tidegate config [PATH] [--format yaml|json]

Prints the application as it runs: placeholders replaced, every default written out, secrets masked.
`;

function run(args: readonly string[], io: Io): number {
  const { values, positionals } = parseArguments(args, { format: { type: 'string', default: 'yaml' } });
  const format = oneOf('format', values.format, ['yaml', 'json']);
  const { loaded, diagnostics } = checkApplication(pathOrDefault(positionals[0], io), io);
  const { application, sources, secrets } = loaded;
  if (hasErrors(diagnostics) || application === undefined) {
    io.err(reportText(diagnostics, 'text', { sources, secrets, colour: usesColour(io, 'err') }));
    return EXIT.failed;
  }
  const config = effectiveConfig(application, createRegistry(), secrets);
  io.out(format === 'json' ? `${JSON.stringify(config, null, 2)}\n` : stringify(config));
  return EXIT.fine;
}

export const config: Command = { usage, run };
