/** Asks the run that holds a job's folder. */
import { connect } from 'node:net';
import { addressOf } from './control-address.js';
import { parseAnswer, type AnswerTo, type ControlRequest } from './control-message.js';

/** Undefined when no run is going on there. Waits for as long as the run takes. */
export function askRun<const R extends ControlRequest>(stateDir: string, request: R): Promise<AnswerTo<R> | undefined> {
  const path = addressOf(stateDir);
  if (path === undefined) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    let text = '';
    const lost = { reason: 'the run ended before it answered' } as AnswerTo<R>;
    const socket = connect(path, () => socket.write(`${JSON.stringify(request)}\n`));
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('end', () => resolve((parseAnswer(text) as AnswerTo<R> | undefined) ?? lost));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined);
      else if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve(lost);
      else reject(error);
    });
  });
}
