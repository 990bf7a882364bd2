/**
 * The identity of an alert: a hash of the rule, the key and the origins of its events, stage by stage. The same events
 * give the same id in every run and at every parallelism, so a receiver can drop what it has already seen.
 */
import { createHash } from 'node:crypto';
import type { Key } from '../../record/key.js';
import { keyBytes } from '../../record/key.js';
import type { MatchedStage } from '../../record/stream-record.js';

const NO_KEY = new Uint8Array();

/** @returns 32 hexadecimal digits: the first half of a SHA-256 */
export function alertId(
  rule: string,
  key: Key | undefined,
  stages: readonly MatchedStage[],
  timedOutAt: string | undefined,
): string {
  const bytes = key === undefined ? NO_KEY : keyBytes(key);
  let evidence = part(timedOutAt ?? '');
  for (const stage of stages) {
    evidence += part(stage.name) + part(String(stage.events.length));
    for (const { split, offset } of stage.events)
      evidence += part(split.ingress) + part(split.id) + part(String(offset));
  }
  const hash = createHash('sha256')
    .update(`${part(rule)}${bytes.length}:`)
    .update(bytes)
    .update(evidence);
  return hash.digest('hex').slice(0, 32);
}

/** Length-prefixed, so that no two sequences of parts give the same bytes. */
function part(text: string): string {
  return `${Buffer.byteLength(text)}:${text}`;
}
