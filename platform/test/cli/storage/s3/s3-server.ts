/**
 * A small S3 server in this process, which a test may have misbehave: as the protocol says where nothing else is asked, with
 * path-style addresses, pages of lists, uploads in parts, checksums (CRC32) and exclusive creation. Whoever calls is let in.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';

/** What a request is to meet with. */
export type Fault =
  /** Done, and the answer lost. */
  | 'lose-answer'
  /** Not done: the server has too much to do. */
  | 'slow-down'
  /** Not done: somebody else writes the same name. */
  | 'conflict'
  /** `If-None-Match` is not read. */
  | 'write-over'
  /** `If-None-Match` is looked at, and written some time later. */
  | 'look-then-write'
  /** The connection breaks in the middle of the answer's body. */
  | 'cut'
  | 'denied'
  | 'full';

export interface S3Request {
  readonly method: string;
  readonly key: string;
  readonly query: URLSearchParams;
}

interface Answer {
  readonly status: number;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

const PAGE = 1000;
const LOOKED_MS = 20;

export class S3Server {
  readonly objects = new Map<string, Buffer>();
  /** That were begun and neither completed nor aborted: their parts, by number. */
  readonly uploads = new Map<string, Map<number, Buffer>>();
  readonly requests: S3Request[] = [];
  /** Asked for each request that arrives. */
  fault: (request: S3Request) => Fault | undefined = () => undefined;
  /** Names in one answer to a list. */
  pageSize = PAGE;
  readonly #server: Server = createServer((request, response) => void this.#serve(request, response));
  #uploads = 0;

  /** @returns its endpoint */
  listen(): Promise<string> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => {
        const address = this.#server.address();
        resolve(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`);
      });
    });
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(message.url ?? '/', 'http://server');
    const request = {
      method: message.method ?? '',
      key: decodeURIComponent(url.pathname.slice(1)),
      query: url.searchParams,
    };
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    this.requests.push(request);
    const fault = this.fault(request);
    const refusal = refusalOf(fault);
    const answer = refusal ?? (await this.#answer(request, message, Buffer.concat(chunks), fault));
    if (fault === 'lose-answer') return void message.socket.destroy();
    const body = Buffer.from(answer.body ?? '');
    response.writeHead(answer.status, { ...answer.headers, 'content-length': body.length });
    if (fault !== 'cut') return void response.end(request.method === 'HEAD' ? undefined : body);
    response.write(body.subarray(0, body.length >> 1), () => message.socket.destroy());
  }

  async #answer(
    { method, key, query }: S3Request,
    { headers }: IncomingMessage,
    body: Buffer,
    fault: Fault | undefined,
  ): Promise<Answer> {
    const sum = headers['x-amz-checksum-crc32'];
    if (sum !== undefined && sum !== checksum(body)) return error(400, 'BadDigest');
    const upload = query.get('uploadId');
    switch (method) {
      case 'PUT':
        if (upload !== null) return this.#putPart(upload, Number(query.get('partNumber')), body);
        return this.#put(key, body, headers['if-none-match'], fault);
      case 'GET':
        return query.get('list-type') === '2'
          ? this.#list(key, query)
          : this.#get(key, headers.range, headers['if-match']);
      case 'HEAD':
        return this.#get(key, undefined, undefined);
      case 'DELETE':
        if (upload !== null) this.uploads.delete(upload);
        else this.objects.delete(key);
        return { status: 204 };
      case 'POST':
        if (query.has('delete')) return this.#delete(key, body.toString());
        if (query.has('uploads')) return this.#begin(key);
        return this.#complete(key, upload ?? '', headers['if-none-match'], fault);
      default:
        return error(405, 'MethodNotAllowed');
    }
  }

  async #put(key: string, body: Buffer, condition: string | undefined, fault: Fault | undefined): Promise<Answer> {
    if (condition === '*' && fault !== 'write-over' && this.objects.has(key)) return error(412, 'PreconditionFailed');
    if (fault === 'look-then-write') await new Promise((resolve) => setTimeout(resolve, LOOKED_MS));
    this.objects.set(key, body);
    return { status: 200, headers: { etag: tag(body) } };
  }

  #get(key: string, range: string | undefined, match: string | undefined): Answer {
    const body = this.objects.get(key);
    if (body === undefined) return error(404, 'NoSuchKey');
    if (match !== undefined && match !== tag(body)) return error(412, 'PreconditionFailed');
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    if (from > 0 && from >= body.length) return error(416, 'InvalidRange');
    return { status: from > 0 ? 206 : 200, body: body.subarray(from), headers: { etag: tag(body) } };
  }

  #list(path: string, query: URLSearchParams): Answer {
    const bucket = `${path.replace(/\/$/, '')}/`;
    const prefix = bucket + (query.get('prefix') ?? '');
    const after = query.get('continuation-token') ?? '';
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after);
    const sorted = keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const page = sorted.slice(0, this.pageSize);
    const isCut = sorted.length > page.length;
    const contents = page.map((key) => `<Contents><Key>${escaped(key.slice(bucket.length))}</Key></Contents>`);
    const next = isCut ? `<NextContinuationToken>${escaped(page.at(-1) ?? '')}</NextContinuationToken>` : '';
    return xml(`<ListBucketResult><IsTruncated>${isCut}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`);
  }

  #delete(path: string, body: string): Answer {
    const bucket = path.replace(/\/$/, '');
    for (const [, key = ''] of body.matchAll(/<Key>([^<]*)<\/Key>/g))
      this.objects.delete(`${bucket}/${unescaped(key)}`);
    return xml('<DeleteResult></DeleteResult>');
  }

  #begin(key: string): Answer {
    const id = `upload-${++this.#uploads}`;
    this.uploads.set(id, new Map());
    return xml(
      `<InitiateMultipartUploadResult><Key>${escaped(key)}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
    );
  }

  #putPart(upload: string, number: number, body: Buffer): Answer {
    const parts = this.uploads.get(upload);
    if (parts === undefined) return error(404, 'NoSuchUpload');
    parts.set(number, body);
    return { status: 200, headers: { etag: tag(body), 'x-amz-checksum-crc32': checksum(body) } };
  }

  async #complete(
    key: string,
    upload: string,
    condition: string | undefined,
    fault: Fault | undefined,
  ): Promise<Answer> {
    const parts = this.uploads.get(upload);
    if (parts === undefined) return error(404, 'NoSuchUpload');
    const body = Buffer.concat([...parts].sort(([a], [b]) => a - b).map(([, part]) => part));
    const answer = await this.#put(key, body, condition, fault);
    if (answer.status !== 200) return answer;
    this.uploads.delete(upload);
    return xml(`<CompleteMultipartUploadResult><ETag>${escaped(tag(body))}</ETag></CompleteMultipartUploadResult>`);
  }
}

function refusalOf(fault: Fault | undefined): Answer | undefined {
  switch (fault) {
    case 'slow-down':
      return error(503, 'SlowDown');
    case 'conflict':
      return error(409, 'ConditionalRequestConflict');
    case 'denied':
      return error(403, 'AccessDenied');
    case 'full':
      return error(507, 'InsufficientStorage');
    default:
      return undefined;
  }
}

function error(status: number, code: string): Answer {
  return { ...xml(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`), status };
}

function xml(body: string): Answer {
  return { status: 200, body: `<?xml version="1.0"?>${body}`, headers: { 'content-type': 'application/xml' } };
}

function tag(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}

function checksum(body: Buffer): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return sum.toString('base64');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}
