/**
 * Who has the port at which requests are to be taken: another subtask of the same job, which is as it should be, or somebody else.
 * Servers of one application say so in a header of each answer.
 */
import { createHash } from 'node:crypto';
import { get as getPlain, type IncomingMessage, type RequestOptions } from 'node:http';
import { get as getSecure } from 'node:https';
import type { RequestsDescriptor } from '../../../job/function-node.js';

export const HOLDER_HEADER = 'tidegate-requests';
const PATIENCE_MS = 2000;

/** The same for all subtasks that take the same requests. */
export function holderMark({ functions }: Pick<RequestsDescriptor, 'functions'>): string {
  return createHash('sha1').update(JSON.stringify(functions)).digest('hex').slice(0, 12);
}

/** Whether who listens there takes the same requests. */
export function isSameHolder(
  requests: Pick<RequestsDescriptor, 'host' | 'port' | 'functions' | 'tls'>,
): Promise<boolean> {
  const { host, port, tls } = requests;
  const reached = /^(?:0\.0\.0\.0|\[?::\]?)$/.test(host) ? 'localhost' : host.replace(/^\[|\]$/g, '');
  const options: RequestOptions = { host: reached, port, path: '/', timeout: PATIENCE_MS, agent: false };
  return new Promise((resolve) => {
    const answered = (response: IncomingMessage): void => {
      resolve(response.headers[HOLDER_HEADER] === holderMark(requests));
      response.destroy();
    };
    // Nothing is told to whoever it is.
    const asked =
      tls === undefined ? getPlain(options, answered) : getSecure({ ...options, rejectUnauthorized: false }, answered);
    asked.once('timeout', () => asked.destroy());
    asked.once('error', () => resolve(false));
    asked.once('close', () => resolve(false));
  });
}
