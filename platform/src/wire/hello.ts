/**
 * What each side of a connection says first of itself, before it knows who listens.
 *
 * Invariants
 * - Both sides hear the other's and judge by the same rules, so both know why a connection does not come about.
 * - Who speaks something else is found out by its first frame, which is small.
 * - Its texts are of one line: they stand in logs.
 */
import { WireError } from './wire-error.js';

/** Rises with each change after which processes no longer understand each other. */
export const PROTOCOL = 3;
/** Of the first frame. */
export const HELLO_BYTES_MAX = 4096;

export type Role = 'coordinator' | 'worker' | 'slot';

export interface Hello {
  readonly protocol: number;
  /** Of the program: for messages alone. */
  readonly version: string;
  readonly cluster: string;
  readonly role: Role;
  /** Of the process or slot: new with each of them. */
  readonly name: string;
  /** Of a slot that has made the connection: what it is for. */
  readonly exchange?: Exchange;
}

/** The channels between two subtasks' slots in one attempt of a job. */
export interface Exchange {
  readonly job: string;
  /** A number that rises from attempt to attempt. */
  readonly attempt: number;
  /** Of the job's channels: equal where both know the same plan. */
  readonly plan: number;
  /** Subtasks. */
  readonly from: number;
  readonly to: number;
}

const MAGIC = 'tidegate ';
const TEXTS = ['version', 'cluster', 'role', 'name'] as const;
const NUMBERS = ['attempt', 'plan', 'from', 'to'] as const;

export function writeHello(hello: Hello): Buffer {
  return Buffer.from(MAGIC + JSON.stringify(hello));
}

/** @throws WireError */
export function readHello(payload: Buffer): Hello {
  const text = payload.toString('utf8');
  if (!text.startsWith(MAGIC))
    throw new WireError('malformed', 'the other side does not speak the protocol of this cluster');
  let hello: unknown;
  try {
    hello = JSON.parse(text.slice(MAGIC.length));
  } catch {
    hello = undefined;
  }
  if (!isHello(hello)) throw new WireError('malformed', 'the other side does not say who it is');
  return hello;
}

/** @throws WireError when these two are not to talk to each other */
export function judge(own: Hello, peer: Hello, roles: readonly Role[]): void {
  const peerText = `${peer.role} ${peer.name}`;
  if (peer.cluster !== own.cluster)
    throw new WireError('refused', `${peerText} is of cluster "${peer.cluster}", and this is "${own.cluster}"`);
  if (peer.protocol !== own.protocol)
    throw new WireError(
      'refused',
      `${peerText} speaks protocol ${peer.protocol} (version ${peer.version}), and this is protocol ${own.protocol} (version ${own.version}): run the same version`,
    );
  if (!roles.includes(peer.role)) throw new WireError('refused', `${peerText} is none of: ${roles.join(', ')}`);
}

function isHello(value: unknown): value is Hello {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  return (
    Number.isInteger(fields['protocol']) &&
    TEXTS.every((field) => isLine(fields[field])) &&
    (fields['exchange'] === undefined || isExchange(fields['exchange']))
  );
}

function isExchange(value: unknown): value is Exchange {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  return isLine(fields['job']) && NUMBERS.every((field) => Number.isSafeInteger(fields[field]));
}

function isLine(value: unknown): boolean {
  return typeof value === 'string' && !/\p{Cc}/u.test(value);
}
