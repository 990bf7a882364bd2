/** What a staged epoch of a topic says of its records (`staged-bytes.ts`), which are lines (`outgoing-message.ts`). */
import type { Message } from 'kafkajs';
import { ConnectorError } from '../api/index.js';
import type { Digest } from '../disk/byte-range.js';
import { splitStaged } from '../staging/staged-bytes.js';
import type { Blocks } from '../staging/side-files.js';
import { messageIn } from './outgoing-message.js';

export interface StagedMessages extends Digest {
  readonly form: 'kafka';
  readonly version: 1;
  readonly topic: string;
  /** The name of the line that the epoch belongs to. */
  readonly line: string;
  /** The last epoch of that line that was known to be committed when this one was staged; 0 for none. */
  readonly committed: number;
  /** Name of the file that holds the records, in the egress's state folder; undefined where they follow inline. */
  readonly side?: string;
}

/** Throws a ConnectorError, `invalid-option` where the epoch was staged for another topic. */
export function decodeMessages(
  egress: string,
  topic: string,
  staged: Uint8Array,
): { readonly description: StagedMessages; readonly records: Uint8Array } {
  const { description, records } = splitStaged(egress, staged);
  const known = description as StagedMessages;
  if (known.form === 'kafka' && known.topic === topic) return { description: known, records };
  throw new ConnectorError(
    'invalid-option',
    `egress ${egress}: the checkpoint holds records for ${known.topic ?? 'something else'}, but the egress writes to the topic ${topic}; change it back, or start with --fresh`,
  );
}

/** The messages of lines that come in blocks. */
export async function* messagesIn(blocks: Blocks, keepsTime: boolean): AsyncGenerator<Message, void, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const block of blocks) {
    const lines = (rest + decoder.decode(block, { stream: true })).split('\n');
    rest = lines.pop()!;
    for (const line of lines) yield messageIn(line, keepsTime);
  }
}
