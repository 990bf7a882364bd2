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

/** Names that reach the server, in lower case; undefined where it is open to all and nothing was said. */
export function allowedNames(host: string, allowed: readonly string[] | undefined): ReadonlySet<string> | undefined {
  if (!isLoopback(host) && allowed === undefined) return undefined;
  return new Set([host, 'localhost', '127.0.0.1', '[::1]', ...(allowed ?? [])].map((name) => name.toLowerCase()));
}
