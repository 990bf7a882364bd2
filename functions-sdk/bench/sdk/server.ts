/** A process that serves the counter in one SDK: `server.js tidegate|apache`. Answers `cpu` with what it has used, in µs. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listener, type Sdk } from './counters.js';

const server = createServer(listener(process.argv[2] as Sdk));
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }));
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send!({ cpuUs: user + system });
});
process.on('disconnect', () => process.exit(0));
