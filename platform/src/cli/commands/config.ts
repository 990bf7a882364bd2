/** `tidegate config`: the application with every default filled in. */
import { stringify } from 'yaml';
import { effectiveConfig } from '../../spec/effective-config.js';
import { oneOf, parseArguments } from '../arguments.js';
import { pathOrDefault, soundApplication } from '../check-application.js';
import { EXIT, type Command, type Io } from '../io.js';
import { createRegistry } from '../registry.js';

const usage = `Usage: tidegate config [PATH] [--format yaml|json]

Prints the application as it runs: placeholders replaced, every default written out, secrets masked.
`;

function run(args: readonly string[], io: Io): number {
  const { values, positionals } = parseArguments(args, { format: { type: 'string', default: 'yaml' } });
  const format = oneOf('format', values.format, ['yaml', 'json']);
  const sound = soundApplication(pathOrDefault(positionals[0], io), io);
  if (sound === undefined) return EXIT.failed;
  const config = effectiveConfig(sound.application, createRegistry(), sound.secrets);
  io.out(format === 'json' ? `${JSON.stringify(config, null, 2)}\n` : stringify(config));
  return EXIT.fine;
}

export const config: Command = { usage, run };
