/** Which addresses are this machine's alone, and by which names a sender may call a server on them. */

const LOOPBACK = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|\[::1\])$/i;

export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/** The name in a Host or Origin header, without port, in lower case; undefined when it is none. */
export function hostName(authority: string): string | undefined {
  const match = /^(?<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(authority);
  return match?.groups?.['name']?.toLowerCase();
}

/** Whether a page was served by the server that it asks: by the same name and port, as a proxy may have taken off its TLS. */
export function isOwnOrigin(origin: string, host: string | undefined): boolean {
  const scheme = /^https?:\/\//i.exec(origin)?.[0];
  if (scheme === undefined || host === undefined) return false;
  const own = authority(`${scheme}${host}`);
  return own !== undefined && own === authority(origin);
}

/** Without the port where it is the scheme's own. */
function authority(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined;
}

/** Names that reach the server, in lower case; undefined where it is open to all and nothing was said. */
export function allowedNames(host: string, allowed: readonly string[] | undefined): ReadonlySet<string> | undefined {
  if (!isLoopback(host) && allowed === undefined) return undefined;
  return new Set([host, 'localhost', '127.0.0.1', '[::1]', ...(allowed ?? [])].map((name) => name.toLowerCase()));
}
