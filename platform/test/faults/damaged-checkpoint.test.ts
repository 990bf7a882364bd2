/**
 * F51, F52, F55: a checkpoint of which any file is damaged, cut off or gone is refused by a run, for every kind of file that
 * it has; and nothing is changed by the refusal.
 */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder, tidegate } from '../applications/child.js';
import { empty, fileIn, flip, remove, truncate, type Damage } from '../applications/damage.js';
import { application, finish, round, start } from '../applications/matching-project.js';

const KINDS: readonly [kind: string, file: RegExp][] = [
  ['an entry of the log', /^log\/\d+$/],
  ['the plan', /\/plan$/],
  ['the log of a database', /\.log$/],
  ['the manifest of a database', /MANIFEST-\d+$/],
  ['what names the manifest', /CURRENT$/],
];
const DAMAGES: readonly [what: string, damage: Damage][] = [
  ['flipped', flip],
  ['cut off', truncate],
  ['empty', empty],
  ['gone', remove],
];

describe('a checkpoint', function () {
  this.timeout(240_000);

  it('F51, F52, F55: is refused with any of its files damaged, and gone on from when it is whole again', () =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, 'application.yaml'), application());
      writeFileSync(join(folder, 'in.jsonl'), round(0) + round(1));
      const run = await start(folder);
      run.process.kill('SIGKILL');
      await run.finished;
      const root = join(folder, '.tidegate/app/checkpoints');
      const output = readFileSync(join(folder, 'seen.jsonl'), 'utf8');
      const whole = join(folder, 'whole');
      cpSync(root, whole, { recursive: true });
      for (const [index, [kind, pattern]] of KINDS.entries()) {
        // Each kind with two of the damages, so that each damage befalls several kinds.
        for (const [what, damage] of [DAMAGES[index % 4]!, DAMAGES[(index + 2) % 4]!]) {
          // Of several the youngest: what the latest checkpoint needs.
          damage(fileIn(root, pattern, 'last'));
          const { exitCode, err } = await tidegate(['run', '--quiet'], { cwd: folder });
          assert.equal(exitCode, 1, `${kind} ${what}: ${err}`);
          assert.match(err, /error\[TG421\]/, `${kind} ${what}`);
          assert.equal(readFileSync(join(folder, 'seen.jsonl'), 'utf8'), output, `${kind} ${what}`);
          rmSync(root, { recursive: true });
          cpSync(whole, root, { recursive: true });
        }
      }
      await finish(folder);
    }));
});
