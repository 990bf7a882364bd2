/**
 * Which addresses an application may call: functions, receivers of alerts. A host's name is checked by where it leads when it is dialled, so that a name that
 * was harmless when the application was checked cannot become another one (DNS rebinding).
 *
 * | dialled            | the URL says this address, or a name of a local network | another name |
 * |--------------------|-----------------------------------------------------------|--------------|
 * | public             | yes                                                       | yes          |
 * | loopback, private  | yes, of a trusted application                             | no           |
 * | reserved           | no                                                        | no           |
 *
 * An operator's list goes before the table: hosts that it does not name are not called at all, and addresses of networks that it
 * names are, whatever they are.
 *
 * A local name is one that only the own network can give: `localhost`, one without a dot (a service of Docker or Kubernetes), or
 * one below a domain that is nobody's in public (`.local`, `.internal`, `.svc`, ...).
 */
import { BlockList, isIP } from 'node:net';
import { addressKind, isIn, subnets } from './address-kind.js';

export interface AddressPolicy {
  /**
   * Whether who has written the application may have this machine and its network called: always for a run of one's own. In a
   * cluster of many, the operator's list says what may be.
   */
  readonly trusted: boolean;
  /**
   * What the application says of the endpoint: true for any name, false for none; absent as in the table. Nothing where it is not
   * trusted.
   */
  readonly allowPrivate?: boolean | undefined;
  /** The operator's list: `functions.example.com`, `*.example.com`, `10.1.2.3`, `10.1.0.0/16`. Absent: none was given. */
  readonly allowed?: readonly string[];
}

const LOCAL_DOMAINS = ['localhost', 'local', 'internal', 'intranet', 'private', 'svc', 'lan', 'home.arpa', 'test'];

export class AddressRules {
  readonly #networks: BlockList;
  readonly #names: readonly string[];
  readonly #hasList: boolean;
  readonly #hasNetworks: boolean;

  /** @throws RangeError for an entry of the list that is neither a name nor an address nor a network */
  constructor(private readonly policy: AddressPolicy) {
    const entries = policy.allowed ?? [];
    this.#hasList = policy.allowed !== undefined;
    this.#networks = subnets(entries.flatMap(networkOf));
    this.#hasNetworks = entries.some((entry) => networkOf(entry).length > 0);
    this.#names = entries.filter((entry) => networkOf(entry).length === 0).map(nameOf);
  }

  /**
   * Why the host must not be called at the address, or undefined.
   * @param host as in the URL: a name, or an address without brackets
   */
  refusal(host: string, address: string): string | undefined {
    if (isIn(this.#networks, address)) return undefined;
    const isListed = this.#names.some((entry) => covers(entry, host));
    if (this.#hasList && !isListed) return `${whom(host, address)} is not among the hosts that may be called here`;
    const kind = addressKind(address);
    if (kind === 'public') return undefined;
    if (kind === 'reserved') return `${whom(host, address)} is of a range that is never called`;
    if (isListed) return undefined;
    const range = kind === 'loopback' ? 'on this machine' : 'in a private network';
    if (!this.policy.trusted) return `${whom(host, address)} is ${range}, which has to be allowed here`;
    if (this.policy.allowPrivate ?? (isIP(host) !== 0 || isLocalName(host))) return undefined;
    return `${whom(host, address)} is ${range}: that takes allowPrivate: true`;
  }

  /** Why a name need not even be looked up, wherever it leads, or undefined: the list has names alone, and not this one. */
  nameRefusal(host: string): string | undefined {
    if (!this.#hasList || this.#hasNetworks || this.#names.some((entry) => covers(entry, host))) return undefined;
    return `${host} is not among the hosts that may be called here`;
  }

  /** Why no unix socket may be called, or undefined: it is this machine's, and no list names files. */
  socketRefusal(): string | undefined {
    if (this.policy.trusted && !this.#hasList) return undefined;
    return 'a unix socket is on this machine, and not among the hosts that may be called here';
  }
}

function whom(host: string, address: string): string {
  return host === address ? address : `${host} at ${address}`;
}

function networkOf(entry: string): readonly (readonly [string, number])[] {
  const [address = '', prefix] = entry.split('/');
  const family = isIP(address);
  if (family === 0) return [];
  const bits = family === 4 ? 32 : 128;
  if (prefix === undefined) return [[address, bits]];
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > bits) throw new RangeError(`${entry} is no network`);
  return [[address, Number(prefix)]];
}

function nameOf(entry: string): string {
  const name = entry.toLowerCase();
  if (!/^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(name))
    throw new RangeError(
      `${JSON.stringify(entry)} is neither a host's name (*.example.com) nor an address or network (10.0.0.0/8)`,
    );
  return name;
}

function covers(entry: string, host: string): boolean {
  const name = withoutDot(host);
  return entry.startsWith('*.') ? name.endsWith(entry.slice(1)) : name === entry;
}

function isLocalName(host: string): boolean {
  const name = withoutDot(host);
  return (
    !name.includes('.') ||
    LOCAL_DOMAINS.some((domain) => name.endsWith(`.${domain}`)) ||
    name.endsWith('.svc.cluster.local')
  );
}

/** `localhost.` is `localhost`. */
function withoutDot(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}
