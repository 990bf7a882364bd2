/** Holds what callers of `request-job.ts` were told against what its entries remember in the end. */
import assert from 'node:assert/strict';
import type { RequestCallers } from './request-callers.js';

/**
 * What was told holds, is told again, and is all that there is.
 * @param addresses all that were called
 * @param events how many came besides, spread evenly
 */
export async function checkTold(callers: RequestCallers, addresses: readonly string[], events: number): Promise<void> {
  const kept = new Map<string, readonly string[]>();
  for (const [i, address] of addresses.entries()) {
    // Events are no requests: they may come a little later.
    for (let attempt = 0; ; attempt++) {
      const names = JSON.parse(
        await callers.ask(`read ${i} ${attempt}`, `entry/${address}`, { name: '', read: true }),
      ) as string[];
      kept.set(address, names);
      if (names.filter((name) => name.startsWith('event')).length >= events / addresses.length || attempt > 200) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  for (const { key, address, body } of callers.told) {
    const { name, place } = JSON.parse(body) as { name: string; place: number };
    assert.equal(name, key);
    assert.equal(
      kept.get(address.slice('entry/'.length))?.[place - 1],
      key,
      `${key} was told that it has another place`,
    );
  }
  const all = [...kept.values()].flat();
  assert.equal(new Set(all).size, all.length, 'something was taken in twice');
  assert.equal(all.length, callers.told.length + events);
  for (const { key, address, body } of callers.told.filter((_, i) => i % 16 === 0))
    assert.equal(await callers.ask(key, address, { name: key }), body, `${key} is told something else now`);
}
