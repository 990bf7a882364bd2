/** The function's side, a process of its own: started here, and asked what it has done. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type Sdk = 'tidegate' | 'statefun';

export interface ServerFigures {
  readonly requests: number;
  readonly invocations: number;
  readonly cpuUs: number;
}

export interface FunctionServerProcess {
  readonly pid: number;
  readonly url: string;
  figures(): Promise<ServerFigures>;
  close(): void;
}

export async function startFunctionServer(sdk: Sdk): Promise<FunctionServerProcess> {
  const child = fork(fileURLToPath(new URL('./server-process.js', import.meta.url)), [sdk]);
  const [{ port }] = (await once(child, 'message')) as [{ readonly port: number }];
  return {
    pid: child.pid!,
    url: `http://127.0.0.1:${port}/counter`,
    figures: async () => {
      child.send('figures');
      const [figures] = (await once(child, 'message')) as [ServerFigures];
      return figures;
    },
    close: () => void child.kill(),
  };
}
