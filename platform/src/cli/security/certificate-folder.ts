/**
 * A folder with the certificates of a cluster: `NAME.crt` and `NAME.key` for each, the authority's as `ca`.
 *
 * Invariants
 * - A key is its owner's alone from the moment that its file is there.
 * - Nothing that is there is overwritten by what is made, unless that was asked for; what takes its place is there as a whole, each
 *   file for itself: a process that reads between the two finds that they do not fit, and waits.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { messageOf, TidegateError } from '../../common/errors.js';
import { CertificateAuthority, type CertificatePair } from './certificate-authority.js';

export const AUTHORITY = 'ca';

const MODES = { crt: 0o644, key: 0o600 } as const;

export class CertificateFolder {
  constructor(readonly path: string) {}

  /** @throws TidegateError TG457 where one of these is there */
  assertFree(names: readonly string[]): void {
    const taken = names.flatMap((name) => [this.#file(name, 'crt'), this.#file(name, 'key')]).filter(existsSync);
    if (taken.length === 0) return;
    throw new TidegateError(
      'TG457',
      `${taken.join(', ')} ${taken.length === 1 ? 'is' : 'are'} there already. Take another folder or name; or --overwrite, after ` +
        'which processes with the former files no longer know the others',
    );
  }

  /** Names of all that are there but the authority's. */
  members(): readonly string[] {
    return this.#guard(() =>
      readdirSync(this.path)
        .filter((file) => file.endsWith('.crt') && file !== `${AUTHORITY}.crt`)
        .map((file) => file.slice(0, -'.crt'.length))
        .sort(),
    );
  }

  /** @throws TidegateError TG457 */
  certificate(name: string): X509Certificate {
    return this.#read(name, 'crt', (pem) => new X509Certificate(pem));
  }

  /** That signs: with the key of its certificate. @throws TidegateError TG457 */
  authority(): Promise<CertificateAuthority> {
    const key = this.#read(AUTHORITY, 'key', createPrivateKey);
    if (!this.certificate(AUTHORITY).checkPrivateKey(key))
      throw new TidegateError(
        'TG457',
        `${this.#file(AUTHORITY, 'key')} is not the key of ${this.#file(AUTHORITY, 'crt')}: nobody would trust what it signs`,
      );
    const pem = (text: string): string => text;
    return CertificateAuthority.read({
      certificate: this.#read(AUTHORITY, 'crt', pem),
      key: this.#read(AUTHORITY, 'key', pem),
    });
  }

  /** Takes the place of what is there. @throws TidegateError TG457 */
  put(name: string, { certificate, key }: CertificatePair): void {
    this.#guard(() => {
      mkdirSync(this.path, { recursive: true });
      this.#write(name, 'key', key);
      this.#write(name, 'crt', certificate);
    });
  }

  #read<T>(name: string, kind: keyof typeof MODES, parse: (pem: string) => T): T {
    const text = this.#guard(() => readFileSync(this.#file(name, kind), 'utf8'));
    try {
      return parse(text);
    } catch (error) {
      throw new TidegateError('TG457', `${this.#file(name, kind)} is not what it should be: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  #write(name: string, kind: keyof typeof MODES, text: string): void {
    const path = this.#file(name, kind);
    const next = `${path}.next`;
    rmSync(next, { force: true });
    const file = openSync(next, 'wx', MODES[kind]);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(next, path);
  }

  #file(name: string, kind: keyof typeof MODES): string {
    return join(this.path, `${name}.${kind}`);
  }

  #guard<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      throw new TidegateError('TG457', `the certificates in ${this.path}: ${messageOf(error)}`, { cause: error });
    }
  }
}
