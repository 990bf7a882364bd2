/** `tidegate init`: a small application that validates, tests and runs on its own data. */
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArguments } from '../arguments.js';
import { schemaFile } from '../package-folder.js';
import { EXIT, UsageError, type Command, type Io } from '../io.js';
import { starterApplication, starterEvents } from './starter.js';

const usage = `Usage: tidegate init [FOLDER]

Writes application.yaml, payments.jsonl and application.schema.json (for the editor) into FOLDER, or the current one.
Files that exist are left alone, and none is written then.
`;

function run(args: readonly string[], io: Io): number {
  const { positionals } = parseArguments(args, {});
  if (positionals.length > 1) throw new UsageError('too many arguments');
  const named = positionals[0] ?? '.';
  const folder = resolve(io.cwd, named);
  const files: readonly (readonly [string, () => void])[] = [
    ['application.yaml', () => writeFileSync(join(folder, 'application.yaml'), starterApplication)],
    ['payments.jsonl', () => writeFileSync(join(folder, 'payments.jsonl'), starterEvents())],
    ['application.schema.json', () => copyFileSync(schemaFile(), join(folder, 'application.schema.json'))],
  ];
  const existing = files.filter(([name]) => existsSync(join(folder, name))).map(([name]) => name);
  if (existing.length > 0) {
    io.err(`tidegate init: ${existing.join(' and ')} already in ${folder}; nothing was written\n`);
    return EXIT.failed;
  }
  mkdirSync(folder, { recursive: true });
  for (const [, write] of files) write();
  const place = named === '.' ? '' : `${named.replace(/\/$/, '')}/`;
  io.out(
    [
      ...files.map(([name]) => `wrote ${place}${name}`),
      '',
      'Next:',
      `  tidegate validate ${named}`,
      `  tidegate test ${named}`,
      `  tidegate run ${named}`,
      '',
    ].join('\n'),
  );
  return EXIT.fine;
}

export const init: Command = { usage, run };
