/**
 * Where a function is called: a URL in which `{function.name}` stands for the name of the function's type, and the forms for
 * unix sockets, `http+unix:///run/functions.sock/path`.
 *
 * Invariants
 * - What a message brings (the name of a function of `namespace/*`) never changes which server is called beyond the one label of
 *   the host that the template gives it, and never leaves the path that the template gives it.
 * - Hosts are as URLs have them: lower case, and addresses in their one usual form (0x7f.1 is 127.0.0.1).
 */
import { messageOf } from '../common/errors.js';

/** One place to send requests to. Frozen: the same object for the same place, so that it can be a key. */
export interface RequestTarget {
  readonly secure: boolean;
  /** Without the brackets of IPv6. */
  readonly host: string;
  readonly port: number;
  /** With the query. */
  readonly path: string;
  /** A unix socket, instead of host and port. */
  readonly socketPath?: string;
  /** The server, without a path: what has the same can share connections. */
  readonly origin: string;
  /** For messages. */
  readonly shown: string;
}

type Place = Omit<RequestTarget, 'shown' | 'origin'>;

const PLACEHOLDER = '{function.name}';
/** What stands for the placeholder while the template is parsed as a URL: a label that nobody has. */
const MARKER = 'tidegate-function-name';
const UNIX = /^(?<scheme>https?)\+unix:\/\/(?<socket>\/[^?#]*?\.sock)(?<path>[/?][^#]*)?$/;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
/** Names of functions of `namespace/*` come with messages: what is remembered of them is bounded. */
const TARGETS_MAX = 1024;

export class UrlTemplate {
  readonly #pattern: Place;
  readonly #targets = new Map<string, RequestTarget>();
  /** Whether each function has a URL of its own. */
  readonly namesFunction: boolean;
  readonly secure: boolean;
  /** Undefined for a unix socket. `*` is the label that messages choose. */
  readonly host: string | undefined;

  /** @throws RangeError for what is no URL that can be called */
  constructor(text: string) {
    this.namesFunction = text.includes(PLACEHOLDER);
    this.#pattern = parse(text);
    this.secure = this.#pattern.secure;
    this.host = this.#pattern.socketPath === undefined ? this.#pattern.host.replaceAll(MARKER, '*') : undefined;
    if (!this.namesFunction) this.#targets.set('', target(this.#pattern));
  }

  /** @param name of the function's type, without its namespace @throws RangeError for a name that cannot stand there */
  target(name: string): RequestTarget {
    const key = this.namesFunction ? name : '';
    const known = this.#targets.get(key);
    if (known !== undefined) return known;
    const made = target(withName(this.#pattern, name));
    if (this.#targets.size < TARGETS_MAX) this.#targets.set(key, made);
    return made;
  }
}

function parse(text: string): Place {
  const marked = text.replaceAll(PLACEHOLDER, MARKER);
  const brace = /[{}][^{}/]*\}?/.exec(marked)?.[0];
  if (brace !== undefined)
    throw new RangeError(
      `${text}: ${brace} stands for nothing; ${PLACEHOLDER} is the one placeholder, and a brace is %7B or %7D`,
    );
  const unix = UNIX.exec(marked)?.groups;
  if (unix !== undefined) {
    const socketPath = unix['socket'] ?? '';
    if (socketPath.includes(MARKER)) throw new RangeError(`${text}: ${PLACEHOLDER} cannot name a socket`);
    return { ...parseUrl(`${unix['scheme']}://localhost${unix['path'] ?? '/'}`, text), socketPath };
  }
  if (/^https?\+unix:/.test(marked))
    throw new RangeError(
      `${text}: a unix socket is written http+unix:///run/functions.sock/path, its file ends in .sock`,
    );
  return parseUrl(marked, text);
}

function parseUrl(marked: string, text: string): Place {
  let url: URL;
  try {
    url = new URL(marked);
  } catch (error) {
    throw new RangeError(`${text} is no URL: ${messageOf(error)}`, { cause: error });
  }
  const { protocol, hostname, port, pathname, search, hash, username, password } = url;
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new RangeError(`${text}: functions are called by http, https, http+unix or https+unix, not by ${protocol}`);
  if (username !== '' || password !== '')
    throw new RangeError(
      'a URL with a name and a password in it is shown in logs: use signatures or client certificates',
    );
  if (hash !== '') throw new RangeError(`${text}: what stands behind # is never sent`);
  if (hostname === MARKER)
    throw new RangeError(`${text}: ${PLACEHOLDER} cannot be the whole host, as messages would choose whom to call`);
  const secure = protocol === 'https:';
  return {
    secure,
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (secure ? 443 : 80) : Number(port),
    path: pathname + search,
  };
}

function withName(pattern: Place, name: string): Place {
  if (pattern.host.includes(MARKER) && !LABEL.test(name))
    throw new RangeError(`${JSON.stringify(name)} cannot stand in a host`);
  if (name === '' || name === '.' || name === '..')
    throw new RangeError(`${JSON.stringify(name)} cannot stand in the path of a URL`);
  return {
    ...pattern,
    host: pattern.host.replaceAll(MARKER, name.toLowerCase()),
    path: pattern.path.replaceAll(MARKER, encodeURIComponent(name)),
  };
}

function target(place: Place): RequestTarget {
  const { secure, host, port, path, socketPath } = place;
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const scheme = secure ? 'https' : 'http';
  const origin = socketPath === undefined ? `${scheme}://${authority}` : `${scheme}+unix://${socketPath}`;
  return Object.freeze({ ...place, origin, shown: `${origin}${path}` });
}
