/**
 * The identity of an alert: a hash of the rule, the key and the origins of its events, stage by stage. The same events
 * give the same id in every run and at every parallelism, so a receiver can drop what it has already seen.
 */
import { createHash } from 'node:crypto';
import type { Key } from '../../record/key.js';
import { keyBytes } from '../../record/key.js';
import type { MatchedStage } from '../../record/stream-record.js';

/** @returns 32 hexadecimal digits: the first half of a SHA-256 */
export function alertId(rule: string, key: Key | undefined, stages: readonly MatchedStage[], timedOutAt: string | undefined): string {
  const hash = createHash('sha256');
  part(hash, rule);
  if (key === undefined) part(hash, '');
  else part(hash, keyBytes(key));
  part(hash, timedOutAt ?? '');
  for (const stage of stages) {
    part(hash, stage.name);
    part(hash, String(stage.events.length));
    for (const event of stage.events) {
      part(hash, event.split.ingress);
      part(hash, event.split.id);
      part(hash, String(event.offset));
    }
  }
  return hash.digest('hex').slice(0, 32);
}

/** Length-prefixed, so that no two sequences of parts give the same bytes. */
function part(hash: ReturnType<typeof createHash>, content: string | Uint8Array): void {
  hash.update(`${Buffer.byteLength(content)}:`);
  hash.update(content);
}
