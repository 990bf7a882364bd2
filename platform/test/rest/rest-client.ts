/** Requests as they are, also those that no well-behaved client would send. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON; a string goes as it is. */
  readonly body?: unknown;
  /** The authority of the other side's certificate, as PEM; absent: without TLS. */
  readonly ca?: string;
}

export function ask(
  port: number,
  path: string,
  { method = 'GET', headers = {}, body, ca }: Asked = {},
): Promise<Answer> {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const type = text === undefined ? {} : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, method, headers: { ...type, ...headers }, agent: false } as const;
    const request = (ca === undefined ? httpRequest : httpsRequest)({ ...options, ca }, (response) => {
      let answer = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: JSON.parse(answer) });
      });
    });
    request.on('error', reject);
    request.end(text);
  });
}

/** What comes back for bytes, until the other side closes or has answered once. */
export function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('\r\n\r\n')) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
}
