/** Whether a server is fit to hold jobs, by what it says of itself (`INFO`). */
import { ConnectorError } from '../api/index.js';

/** BullMQ's own least version, and the one below which some of it is missing. */
const MIN_VERSION = 5;

/** Throws a ConnectorError for a server that is too old, or that throws keys away when its memory is full. */
export function refuseUnfit(info: string, allowEviction: boolean, subject: string, log: (line: string) => void): void {
  const valueOf = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const version = valueOf('redis_version') ?? '';
  if (Number.parseInt(version, 10) < MIN_VERSION) {
    throw new ConnectorError('invalid-option', `${subject} is version ${version}; BullMQ needs 5.0, better 6.2`);
  }
  const policy = valueOf('maxmemory_policy') ?? 'noeviction';
  if (policy === 'noeviction') return;
  const hasLimit = Number(valueOf('maxmemory') ?? 0) > 0;
  if (hasLimit && !allowEviction) {
    throw new ConnectorError(
      'invalid-option',
      `${subject} throws keys away when its memory is full (maxmemory-policy ${policy}), and jobs with them; set maxmemory-policy noeviction, or write allowEviction: true`,
    );
  }
  log(`${subject} has maxmemory-policy ${policy}: when its memory is full, jobs are lost`);
}
