/** A process that does nothing but serve; its end is its server's. Says when it is asked, and answers when told to. */
import { serve } from '../../src/index.js';
import { quiet, slowGreeter } from './greeter.js';

const { fn, entered, release } = slowGreeter();
process.once('message', () => {
  release();
  // Otherwise the channel to the parent would keep the process alive.
  process.disconnect();
});
const server = await serve([fn], { ...quiet, port: 0 });
process.send!({ url: server.url });
await entered;
process.send!({ entered: true });
