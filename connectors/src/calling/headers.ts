/** Headers of requests that an application names. */
import { ConnectorError } from '../api/index.js';

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const CONTROL = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * Throws a ConnectorError for a header that cannot be sent: a value may come from a placeholder, and a line end in it would
 * begin another header. @param subject the egress
 */
export function assertHeaders(headers: Readonly<Record<string, string>>, subject: string): void {
  for (const [name, value] of Object.entries(headers)) {
    if (TOKEN.test(name) && !CONTROL.test(value)) continue;
    throw new ConnectorError(
      'invalid-option',
      `${subject}: header ${JSON.stringify(name)} has a name or value that cannot be sent`,
    );
  }
}
