/**
 * A port of the loopback address that nobody listens on now, and that no system gives to anybody who does not name it: so it
 * is free still when a server that was killed comes back to it, however often its clients have tried to reach it meanwhile.
 * Of those that systems give (from 32768 on) a client may get the very one that it connects to, and is answered by itself.
 */
import { createServer } from 'node:net';

const FIRST = 15_000;
const COUNT = 15_000;
const TRIES = 100;

export async function freePort(): Promise<number> {
  for (let tried = 0; tried < TRIES; tried++) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port among ${TRIES} from ${FIRST} to ${FIRST + COUNT - 1}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
