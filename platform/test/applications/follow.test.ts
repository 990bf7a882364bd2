/** `tidegate run` on files that a glob follows: they come, grow and are rotated, and the process is killed in between. */
import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child, inFolder, jsonLines, until } from './child.js';

const application = (parallelism: number): string => `name: app
settings: { parallelism: ${parallelism}, checkpoint: { interval: 100ms } }
ingresses:
  in:
    file: { path: logs/*.jsonl, follow: true, pollInterval: 20ms }
    schema: { n: int }
egresses: { out: { file: out.jsonl } }
rules:
  seen: { from: in, select: { n: n }, to: out }
`;

class Project {
  #written = 0;
  #run: Child | undefined;

  constructor(
    readonly folder: string,
    parallelism: number,
  ) {
    writeFileSync(join(folder, 'application.yaml'), application(parallelism));
  }

  path(name: string): string {
    return join(this.folder, 'logs', name);
  }

  write(name: string, count = 3): void {
    for (let i = 0; i < count; i++)
      appendFileSync(this.path(name), `{"n":${this.#written++},"pad":"${'x'.repeat(300)}"}\n`);
  }

  rename(from: string, to: string): void {
    renameSync(this.path(from), this.path(to));
  }

  start(): void {
    this.#run = new Child(['run', '--quiet'], { cwd: this.folder });
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    this.#run!.process.kill(signal);
    await this.#run!.finished;
  }

  /** Everything that was written so far is in the output, and once. */
  async check(): Promise<void> {
    const numbers = (): unknown[] => jsonLines(join(this.folder, 'out.jsonl')).map(({ n }) => n);
    await until(() => numbers().length >= this.#written, this.#run!);
    assert.deepEqual(
      numbers().sort((a, b) => Number(a) - Number(b)),
      Array.from({ length: this.#written }, (_, n) => n),
    );
  }
}

async function inProject(parallelism: number, body: (project: Project) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const project = new Project(folder, parallelism);
    mkdirSync(join(folder, 'logs'));
    try {
      await body(project);
    } finally {
      await project.kill('SIGKILL');
    }
  });
}

describe('tidegate run on files that a glob follows', function () {
  this.timeout(120_000);

  for (const parallelism of [1, 3]) {
    it(`reads each record once, whenever its file comes, over kills at parallelism ${parallelism}`, async () => {
      await inProject(parallelism, async (project) => {
        project.write('a.jsonl', 20);
        project.start();
        await project.check();
        project.write('b.jsonl');
        project.write('a.jsonl');
        await project.check();
        // Found, and in no checkpoint perhaps.
        project.write('c.jsonl');
        await project.kill('SIGKILL');
        project.write('d.jsonl');
        project.write('b.jsonl');
        project.start();
        await project.check();
        // Rotated to what the glob matches, and to what it does not.
        project.rename('a.jsonl', 'e.jsonl');
        project.rename('b.jsonl', 'b.jsonl.1');
        project.write('b.jsonl');
        project.write('a.jsonl');
        await project.kill('SIGKILL');
        project.write('e.jsonl');
        project.start();
        await project.check();
        project.write('e.jsonl');
        project.rename('c.jsonl', 'f.jsonl');
        project.write('f.jsonl');
        await project.check();
        await project.kill('SIGINT');
        project.write('g.jsonl');
        project.start();
        await project.check();
        await project.kill('SIGINT');
      });
    });
  }

  it('goes on in copies of its files', async () => {
    await inProject(2, async (project) => {
      project.write('short.jsonl', 2);
      project.write('long.jsonl', 30);
      project.start();
      await project.check();
      await project.kill('SIGINT');
      for (const name of ['short.jsonl', 'long.jsonl']) {
        copyFileSync(project.path(name), project.path('.copy'));
        project.rename('.copy', name);
        project.write(name);
      }
      project.start();
      await project.check();
      // As rsync brings a file up to date.
      copyFileSync(project.path('long.jsonl'), project.path('.copy'));
      project.rename('.copy', 'long.jsonl');
      project.write('long.jsonl');
      await project.check();
      await project.kill('SIGINT');
    });
  });
});
