/** Certificates as `tidegate certificates` makes them, for tests: also such as are over, or of somebody else. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CertificateAuthority } from '../../../src/cli/security/certificate-authority.js';
import { AUTHORITY, CertificateFolder } from '../../../src/cli/security/certificate-folder.js';
import type { MemberRole } from '../../../src/cli/security/member-name.js';
import type { TlsFiles } from '../../../src/cli/security/tls-credentials.js';

export interface Issued {
  readonly cluster?: string;
  readonly role?: MemberRole;
  readonly days?: number;
  readonly hosts?: readonly string[];
  /** When it was made; days ago. */
  readonly ago?: number;
}

const DAY_MS = 86_400_000;

export class MadeCertificates {
  readonly #made: CertificateFolder;

  private constructor(
    readonly path: string,
    private readonly authority: CertificateAuthority,
  ) {
    this.#made = new CertificateFolder(path);
    this.#made.put(AUTHORITY, authority.pair);
  }

  static async create(): Promise<MadeCertificates> {
    const path = mkdtempSync(join(tmpdir(), 'tidegate-certificates-'));
    return new MadeCertificates(path, await CertificateAuthority.create('test', 3650, Date.now()));
  }

  /** @param name of its files, which take the place of those that are there */
  async issue(name: string, issued: Issued = {}): Promise<TlsFiles> {
    const { cluster = 'test', role = 'worker', days = 10, hosts = [], ago = 0 } = issued;
    const pair = await this.authority.issue({ cluster, role, name, hosts, days }, Date.now() - ago * DAY_MS);
    this.#made.put(name, pair);
    return this.files(name);
  }

  files(name: string): TlsFiles {
    const file = (kind: string): string => join(this.path, kind);
    return { certificate: file(`${name}.crt`), key: file(`${name}.key`), ca: file(`${AUTHORITY}.crt`) };
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}
