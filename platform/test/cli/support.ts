/** Runs a command in this process, in a folder of its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../src/cli/dispatch.js';

export interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export class CommandFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'tidegate-'));

  write(name: string, text: string): this {
    writeFileSync(join(this.path, name), text);
    return this;
  }

  async run(words: readonly string[], { env = {}, terminal = false }: { env?: Record<string, string>; terminal?: boolean } = {}): Promise<Result> {
    let out = '';
    let err = '';
    const code = await runCommand(words, {
      out: (text) => (out += text),
      err: (text) => (err += text),
      env,
      cwd: this.path,
      outIsTerminal: terminal,
      errIsTerminal: terminal,
    });
    return { code, out, err };
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}
