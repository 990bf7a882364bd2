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

export interface Terminal {
  readonly env?: Readonly<Record<string, string>>;
  readonly terminal?: boolean;
}

/** A folder for several calls; `remove` it. */
export class CommandFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'tidegate-test-'));

  write(name: string, text: string): this {
    writeFileSync(join(this.path, name), text);
    return this;
  }

  async call(words: readonly string[], { env = {}, terminal = false }: Terminal = {}): Promise<Called> {
    let out = '';
    let err = '';
    const exitCode = await runCommand(words, {
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      env,
      cwd: this.path,
      outIsTerminal: terminal,
      errIsTerminal: terminal,
    });
    return { exitCode, out, err };
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}

/** One call. `files`: texts by name in the folder that the command is called in. */
export async function call(words: readonly string[], files: Readonly<Record<string, string>>): Promise<Called> {
  const folder = new CommandFolder();
  try {
    for (const [name, text] of Object.entries(files)) folder.write(name, text);
    return await folder.call(words);
  } finally {
    folder.remove();
  }
}
