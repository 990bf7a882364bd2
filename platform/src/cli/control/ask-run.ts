/** Asks the run that holds a job's folder. */
import { connect } from 'node:net';
import { addressOf } from './control-address.js';
import { parseAnswer, type ControlAnswer, type ControlRequest } from './control-message.js';

/** Undefined when no run is going on there. Waits for as long as the run takes. */
export function askRun(stateDir: string, request: ControlRequest): Promise<ControlAnswer | undefined> {
  const path = addressOf(stateDir);
  if (path === undefined) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(path, () => socket.write(`${JSON.stringify(request)}\n`));
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('end', () => resolve(parseAnswer(text) ?? { reason: 'the run ended before it answered' }));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined);
      else if (error.code === 'ECONNRESET' || error.code === 'EPIPE')
        resolve({ reason: 'the run ended before it answered' });
      else reject(error);
    });
  });
}
