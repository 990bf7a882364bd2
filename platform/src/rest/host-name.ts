/** @param host a Host header. @returns its name in lower case, without port and brackets; undefined for what is none */
export function hostName(host: string): string | undefined {
  const [, bracketed, plain] = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]]+))(?::\d{1,5})?$/.exec(host) ?? [];
  return (bracketed ?? plain)?.toLowerCase();
}
