/** A process whose slots reach those of other processes through a proxy, which is told in a first line where to. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Done in each thread of a process before anything else; of all of them only those of slots begin with a transport. */
const script = (port: number): string => `
const { workerData } = require('node:worker_threads');
if (workerData?.transport !== undefined) {
  const { Socket } = require('node:net');
  const { connect } = Socket.prototype;
  Socket.prototype.connect = function (...words) {
    const [{ port }] = Array.isArray(words[0]) ? words[0] : words;
    connect.call(this, { port: ${port}, host: '127.0.0.1' });
    this.write(port + '\\n');
    return this;
  };
}
`;

/** @returns the environment of such a process @param file to be written */
export function throughProxy(folder: string, file: string, port: number): Readonly<Record<string, string>> {
  const path = join(folder, file);
  writeFileSync(path, script(port));
  return { NODE_OPTIONS: `--require ${path}` };
}
