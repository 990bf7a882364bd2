/** What a staged epoch says of its records (`staged-bytes.ts`), which are lines (`outgoing-message.ts`). */
import { ConnectorError } from '../api/index.js';
import type { Digest } from '../disk/byte-range.js';
import { splitStaged } from '../staging/staged-bytes.js';
import type { Blocks } from '../staging/side-files.js';
import { messageIn, type AddressedMessage } from './outgoing-message.js';

export interface StagedMessages extends Digest {
  readonly form: 'kafka';
  readonly version: 1;
  /** Where its records go that name no other; its marker is committed for it. */
  readonly topic: string;
  /** The other topics that its records go to. */
  readonly others?: readonly string[];
  /** The name of the line that the epoch belongs to. */
  readonly line: string;
  /** The last epoch of that line that was known to be committed when this one was staged; 0 for none. */
  readonly committed: number;
  /** The line had a marker when it began: where it has none it was lost, also if nothing had been committed. */
  readonly marked?: true;
  /** Name of the file that holds the records, in the egress's state folder; undefined where they follow inline. */
  readonly side?: string;
}

/** Throws a ConnectorError, `invalid-option` where the epoch was staged for a topic that is not among `topics`. */
export function decodeMessages(
  egress: string,
  topics: readonly string[],
  staged: Uint8Array,
): { readonly description: StagedMessages; readonly records: Uint8Array } {
  const { description, records } = splitStaged(egress, staged);
  const known = description as StagedMessages;
  const foreign = known.form === 'kafka' ? [known.topic, ...(known.others ?? [])].find(isOutside(topics)) : known.form;
  if (foreign === undefined) return { description: known, records };
  const own = topics.length === 1 ? `the topic ${topics[0]}` : `the topics ${topics.join(', ')}`;
  throw new ConnectorError(
    'invalid-option',
    `egress ${egress}: the checkpoint holds records for ${foreign}, but the egress writes to ${own}; change it back, or start with --fresh`,
  );
}

function isOutside(topics: readonly string[]): (topic: string) => boolean {
  return (topic) => !topics.includes(topic);
}

/** The messages of lines that come in blocks, those of a block at once. @param main the epoch's topic */
export async function* messagesIn(
  blocks: Blocks,
  keepsTime: boolean,
  main: string,
): AsyncGenerator<readonly AddressedMessage[], void, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const block of blocks) {
    const lines = (rest + decoder.decode(block, { stream: true })).split('\n');
    rest = lines.pop()!;
    yield lines.map((line) => messageIn(line, keepsTime, main));
  }
}
