/** A process that serves the counter in one SDK: `server-process tidegate|statefun`. Tells its port, and its figures when asked. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { apacheListener, tidegateListener } from './counters.js';
import type { ServerFigures } from './function-server.js';

let [requests, invocations] = [0, 0];
const count = (): void => void invocations++;
const listener = process.argv[2] === 'statefun' ? apacheListener(count) : tidegateListener(count);
const server = createServer((request, response) => {
  if (request.method === 'POST') requests++;
  listener(request, response);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }));
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send!({ requests, invocations, cpuUs: user + system } satisfies ServerFigures);
});
process.on('disconnect', () => process.exit(0));
