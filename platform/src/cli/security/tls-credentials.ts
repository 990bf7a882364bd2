/**
 * What a process shows of itself and whom it trusts: its certificate, the key of it, and the authority of the cluster.
 *
 * Invariants
 * - They are what the files hold now: renewed files are found with the next connection. While what is in them does not
 *   fit together (one of them is just being written, or wrong), what was there before is used, and that is said once.
 * - What a process would be refused for by all others it refuses itself, at its start.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import type { Clock } from '../../common/clock.js';
import { messageOf, TidegateError } from '../../common/errors.js';
import { foreignName, hostNames, type MemberRole } from './member-name.js';

/** Paths of PEM files. */
export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
  /** Of one authority, or of several while one takes another's place. */
  readonly ca: string;
}

/** Whose they are. */
export interface Member {
  readonly cluster: string;
  readonly role: MemberRole;
}

export type CredentialBytes = Required<Pick<SecureContextOptions, 'cert' | 'key' | 'ca'>>;

interface Loaded {
  /** Of the files as they were read. */
  readonly stamp: string;
  readonly bytes: CredentialBytes;
  readonly context: SecureContext;
  readonly certificate: X509Certificate;
}

const DAY_MS = 86_400_000;
const WARNING_DAYS = 30;

export class TlsCredentials {
  #loaded: Loaded;
  #refused = '';
  #warned = Number.NEGATIVE_INFINITY;

  /** @throws TidegateError TG455 */
  constructor(
    private readonly files: TlsFiles,
    private readonly member: Member,
    private readonly clock: Clock,
    private readonly log: (message: string) => void,
  ) {
    try {
      this.#loaded = this.#load(stampOf(files));
    } catch (error) {
      throw new TidegateError('TG455', `TLS cannot be used: ${messageOf(error)}`, { cause: error });
    }
    this.#warn();
  }

  get bytes(): CredentialBytes {
    return this.#current().bytes;
  }

  get context(): SecureContext {
    return this.#current().context;
  }

  /** What clients may call this process. */
  get hosts(): readonly string[] {
    return hostNames(this.#current().certificate);
  }

  #current(): Loaded {
    const stamp = stampOf(this.files);
    if (stamp !== this.#loaded.stamp && stamp !== this.#refused) this.#renew(stamp);
    this.#warn();
    return this.#loaded;
  }

  #renew(stamp: string): void {
    try {
      this.#loaded = this.#load(stamp);
      this.#refused = '';
      this.#warned = Number.NEGATIVE_INFINITY;
      this.log(`uses the certificate that is now in ${this.files.certificate}`);
    } catch (error) {
      this.#refused = stamp;
      this.log(`goes on with the certificate that it had: ${messageOf(error)}`);
    }
  }

  #load(stamp: string): Loaded {
    const { certificate: path, key: keyPath, ca: caPath } = this.files;
    const bytes = { cert: readFileSync(path), key: readFileSync(keyPath), ca: readFileSync(caPath) };
    const certificate = read(path, () => new X509Certificate(bytes.cert));
    const key = read(keyPath, () => createPrivateKey(bytes.key));
    read(caPath, () => new X509Certificate(bytes.ca));
    if (!certificate.checkPrivateKey(key)) throw new Error(`the key in ${keyPath} is not that of ${path}`);
    if (this.#leftMs(certificate) <= 0) throw new Error(`${path} has expired (${certificate.validTo})`);
    const { cluster, role } = this.member;
    const foreign = foreignName(certificate, cluster, role);
    if (foreign !== undefined) throw new Error(`${path} cannot be used here: ${foreign}`);
    return { stamp, bytes, certificate, context: createSecureContext(bytes) };
  }

  #leftMs({ validTo }: X509Certificate): number {
    return Date.parse(validTo) - this.clock.now();
  }

  /** Each day anew: who reads the log of a process that runs for a year has not seen its start. */
  #warn(): void {
    const { certificate } = this.#loaded;
    const days = Math.floor(this.#leftMs(certificate) / DAY_MS);
    if (days >= WARNING_DAYS || this.clock.monotonic() - this.#warned < DAY_MS) return;
    this.#warned = this.clock.monotonic();
    const when = days < 0 ? 'has expired' : `expires in ${days === 1 ? '1 day' : `${days} days`}`;
    this.log(`warning: the certificate in ${this.files.certificate} ${when} (${certificate.validTo}); renew it`);
  }
}

function stampOf({ certificate, key, ca }: TlsFiles): string {
  return [certificate, key, ca]
    .map((path) => {
      const { mtimeMs, size, ino } = statSync(path, { throwIfNoEntry: false }) ?? {};
      return `${mtimeMs} ${size} ${ino}`;
    })
    .join();
}

function read<T>(path: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new Error(`${path} is not what it should be: ${messageOf(error)}`, { cause: error });
  }
}
