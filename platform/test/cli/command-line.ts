/** Calls the command line in this process, in a temporary folder that holds an application. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../src/cli/dispatch.js';

export interface Called {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** `files`: texts by name in the folder that the command is called in. */
export async function call(words: readonly string[], files: Readonly<Record<string, string>>): Promise<Called> {
  const cwd = mkdtempSync(join(tmpdir(), 'tidegate-test-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
    let out = '';
    let err = '';
    const exitCode = await runCommand(words, {
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      env: {},
      cwd,
      outIsTerminal: false,
      errIsTerminal: false,
    });
    return { exitCode, out, err };
  } finally {
    rmSync(cwd, { recursive: true });
  }
}
