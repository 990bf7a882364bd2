/** A process some of whose connections lead through a proxy, which is told in a first line where to. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Which connections: JavaScript over the `workerData` of the thread, and the `port` that is connected to. */
type Choice = string & { readonly brand: 'choice' };

/** Those of slots to other processes: of all threads only slots begin with a transport. */
export const OF_SLOTS = 'workerData?.transport !== undefined' as Choice;

/** Those to a port of this machine. */
export function toPort(port: number): Choice {
  return `port === ${port}` as Choice;
}

/** Done in each thread of a process before anything else. */
const script = (proxyPort: number, choice: Choice): string => `
const { workerData } = require('node:worker_threads');
const { Socket } = require('node:net');
const { connect } = Socket.prototype;
Socket.prototype.connect = function (...words) {
  const [{ port }, ...more] = Array.isArray(words[0]) ? words[0] : words;
  if (!(${choice})) return connect.apply(this, words);
  connect.call(this, { port: ${proxyPort}, host: '127.0.0.1' }, ...more);
  this.write(port + '\\n');
  return this;
};
`;

/** @returns the environment of such a process @param file to be written */
export function throughProxy(
  folder: string,
  file: string,
  proxyPort: number,
  choice: Choice = OF_SLOTS,
): Readonly<Record<string, string>> {
  const path = join(folder, file);
  writeFileSync(path, script(proxyPort, choice));
  return { NODE_OPTIONS: `--require ${path}` };
}
