/** What ingresses keep of their positions and watermarks, and egresses of what they have not yet written out. */
import type { SinkNode, SourceNode } from '../../job/stream-graph.js';
import type { StateChange } from './compatibility.js';
import { timeMeaning } from './stream-breaks.js';

export interface ComparedEndpoint {
  readonly changes: readonly StateChange[];
  /** Whether its state is restored at all. */
  readonly keepsState: boolean;
}

export function compareIngress(
  before: SourceNode,
  after: SourceNode,
): ComparedEndpoint & { readonly keepsClock: boolean } {
  const subject = after.id;
  if (before.connector.type !== after.connector.type) {
    const [was, is] = [before.connector.type, after.connector.type];
    const message = `begins at its beginning: it reads from ${is}, and its position is one of ${was}`;
    return { changes: [{ subject, effect: 'lost', message }], keepsState: false, keepsClock: false };
  }
  const keepsClock = timeMeaning(before.time) === timeMeaning(after.time);
  // Of a sorted input it is known which times were given, and not how far it was read.
  if (before.time.order === 'unordered' && (!keepsClock || after.time.order !== 'unordered')) {
    const message = 'begins at its beginning: it was sorted by a time, and what was given of it cannot be told now';
    return { changes: [{ subject, effect: 'lost', message }], keepsState: false, keepsClock: false };
  }
  const changes: StateChange[] = [...renamed(before, after)];
  const options = changedOptions(before, after);
  if (options.length > 0) {
    const message = `${options.join(' and ')} changed: what it has read is not read again, and what it finds besides is new`;
    changes.push({ subject, effect: 'kept', message });
  }
  if (!keepsClock)
    changes.push({ subject, effect: 'partly', message: 'its watermark begins anew, as its time is another' });
  return { changes, keepsState: true, keepsClock };
}

export function compareEgress(before: SinkNode, after: SinkNode): ComparedEndpoint {
  const subject = after.id;
  if (before.delivery !== 'exactly-once') return { changes: [], keepsState: false };
  const same = before.connector.type === after.connector.type && changedOptions(before, after).length === 0;
  if (same && after.delivery === 'exactly-once') return { changes: renamed(before, after), keepsState: true };
  const what = same ? `its delivery is ${after.delivery}` : 'it writes to another place';
  const message = `records of the last checkpoint that it had not yet written out are dropped: ${what}`;
  const help = 'to lose none, stop the job as it was with a savepoint, which writes everything out, and change it then';
  return { changes: [{ subject, effect: 'lost', message, help }], keepsState: false };
}

function renamed(before: SourceNode | SinkNode, after: SourceNode | SinkNode): StateChange[] {
  if (before.name === after.name) return [];
  return [{ subject: after.id, effect: 'kept', message: `goes on as what was "${before.name}"` }];
}

function changedOptions(before: SourceNode | SinkNode, after: SourceNode | SinkNode): string[] {
  const [was, is] = [before.connector.options, after.connector.options];
  const names = new Set([...Object.keys(was), ...Object.keys(is)]);
  return [...names].filter((name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]));
}
