import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createContext } from '../support/context.js';
import { post, startIngress } from './ingress.js';

const PROGRAM = fileURLToPath(new URL('ingress-process.js', import.meta.url));
const SENDERS = 8;
const KILLS = 3;

describe('the source http, killed', function () {
  this.timeout(30_000);

  it('F72, F73, F74: has every acknowledged record, once, however often the process is killed', async () => {
    const context = createContext();
    const acknowledged: number[] = [];
    let sent = 0;
    for (let kill = 1; kill <= KILLS; kill++) {
      const child = spawn(process.execPath, [PROGRAM, context.baseDir], { stdio: ['ignore', 'pipe', 'inherit'] });
      const exited = once(child, 'exit');
      const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
      const send = async (): Promise<void> => {
        for (;;) {
          const id = sent++;
          // Bad records in between are refused and leave no trace.
          if (id % 7 === 0) await post(url, `{"id":${id}}\n{"id":nope}`).catch(() => undefined);
          const response = await post(url, `{"id":${id},"text":"${'x'.repeat(id % 3000)}"}`).catch(() => undefined);
          if (response?.status !== 200) return;
          acknowledged.push(id);
          if (acknowledged.length === kill * 60) child.kill('SIGKILL');
        }
      };
      await Promise.all(Array.from({ length: SENDERS }, send));
      const [, signal] = (await exited) as [number | null, string | null];
      assert.equal(signal, 'SIGKILL');
    }
    const { polls } = await startIngress(context);
    const stored = new Map<number, number>();
    while (acknowledged.some((id) => !stored.has(id))) {
      for (const { payload } of await polls.records(1)) {
        const { id } = JSON.parse(String(payload)) as { id: number };
        stored.set(id, (stored.get(id) ?? 0) + 1);
      }
    }
    assert.ok(acknowledged.length >= KILLS * 60);
    assert.ok(acknowledged.every((id) => stored.get(id) === 1));
    // What was stored and not acknowledged is no more than what was under way at the kills.
    assert.ok(stored.size - acknowledged.length <= KILLS * SENDERS);
    await polls.reader.close();
    await context.remove();
  });
});
