/** An HTTP ingress in a process of its own, to be killed: prints its address, and reads as the platform would. */
import { createContext } from '../support/context.js';
import { startIngress } from './ingress.js';

const context = createContext({ dir: process.argv[2] ?? '.' });
const { url, polls } = await startIngress(context);
process.stdout.write(`${url}\n`);
for (;;) await polls.next();
