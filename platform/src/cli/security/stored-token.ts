/**
 * A token of the API, and what is kept of it: everything but the token.
 *
 * Invariants
 * - A token is 256 bits of chance, so its SHA-256 says nothing of it, and needs no slow hash to be safe from guessing.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { API_ROLES, type ApiRole } from '../../rest/route.js';

export interface StoredToken {
  /** It is in the token, too: by it the right one is found, and it may be told to everybody. */
  readonly id: string;
  readonly name: string;
  readonly role: ApiRole;
  /** SHA-256 of the whole token, hexadecimal. */
  readonly hash: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Absent: it holds until it is revoked. */
  readonly expiresAt?: string;
}

const PREFIX = 'tidegate_';
const TOKEN = /^tidegate_([0-9a-f]{12})_[\w-]{43}$/;

/** @returns the token, which is kept nowhere, and what is kept of it */
export function makeToken(of: Omit<StoredToken, 'id' | 'hash'>): {
  readonly token: string;
  readonly stored: StoredToken;
} {
  const id = randomBytes(6).toString('hex');
  const token = `${PREFIX}${id}_${randomBytes(32).toString('base64url')}`;
  return { token, stored: { ...of, id, hash: digestOf(token).toString('hex') } };
}

/** Whether a text is, or begins as, a token: it is then not to be shown. */
export function looksLikeToken(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** Compared with where there is no other, so that an answer takes as long. */
const NOTHING = Buffer.alloc(32);

/** @returns which of these the token is; undefined: none */
export function tokenAmong(tokens: ReadonlyMap<string, StoredToken>, token: string): StoredToken | undefined {
  const stored = tokens.get(TOKEN.exec(token)?.[1] ?? '');
  const expected = stored === undefined ? NOTHING : Buffer.from(stored.hash, 'hex');
  return timingSafeEqual(digestOf(token), expected) ? stored : undefined;
}

export function isStoredToken(value: unknown): value is StoredToken {
  if (typeof value !== 'object' || value === null) return false;
  const { id, name, role, hash, createdAt, expiresAt } = value as Readonly<Record<string, unknown>>;
  return (
    isText(id, /^[0-9a-f]{12}$/) &&
    isText(name, /^\P{Cc}+$/u) &&
    API_ROLES.includes(role as ApiRole) &&
    isText(hash, /^[0-9a-f]{64}$/) &&
    isTime(createdAt) &&
    (expiresAt === undefined || isTime(expiresAt))
  );
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function isText(value: unknown, form: RegExp): boolean {
  return typeof value === 'string' && form.test(value);
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}
