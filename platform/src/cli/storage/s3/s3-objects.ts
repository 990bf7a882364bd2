/**
 * Objects below a prefix of a bucket, by the official client: what the storage of checkpoints needs of S3, and nothing more.
 *
 * Invariants
 * - An object is created or it is not: nothing is ever written over (`If-None-Match: *`).
 * - What is sent is in memory as a whole, so that the client may send it again; it tries `ATTEMPTS` times.
 * - Everything that is sent carries a checksum (CRC32), which the store holds against what it got.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';
import type { ObjectStorageLocation } from '../../../job/object-storage.js';
import { s3Library } from './library.js';
import { isConflict, wasRepeated, codeOf } from './s3-error.js';

const ATTEMPTS = 4;
const CONNECT_MS = 5_000;
/** Until an answer begins; and without a byte in the middle of it. */
const SILENCE_MS = 30_000;
const SOCKETS = 32;
/** S3 deletes no more at once. */
const DELETED_AT_ONCE = 1000;
const CONFLICTS_MAX = 5;
const CONFLICT_PAUSE_MS = 50;
/** Where nobody says: stores other than AWS take any. */
const REGION = 'us-east-1';

export interface ObjectPart {
  readonly PartNumber: number;
  readonly ETag: string | undefined;
}

export class S3Objects {
  readonly #client: S3Client;

  constructor(readonly location: ObjectStorageLocation) {
    const { endpoint } = location;
    const { AWS_REGION: region, AWS_DEFAULT_REGION: byDefault } = process.env;
    const ofOwn = endpoint ?? process.env['AWS_ENDPOINT_URL_S3'] ?? process.env['AWS_ENDPOINT_URL'];
    this.#client = new (s3Library().S3Client)({
      maxAttempts: ATTEMPTS,
      requestHandler: {
        connectionTimeout: CONNECT_MS,
        requestTimeout: SILENCE_MS,
        throwOnRequestTimeout: true,
        socketTimeout: SILENCE_MS,
        httpAgent: { keepAlive: true, maxSockets: SOCKETS },
        httpsAgent: { keepAlive: true, maxSockets: SOCKETS },
      },
      // Hosts other than AWS seldom have a name for each bucket.
      ...(ofOwn === undefined ? {} : { endpoint: ofOwn, forcePathStyle: true }),
      ...(region === undefined && ofOwn !== undefined ? { region: byDefault ?? REGION } : {}),
    });
  }

  /** Rejects with an error of code `exists` when the name is taken by another content, or by the same of somebody else. */
  async create(name: string, bytes: Uint8Array): Promise<void> {
    for (let conflicts = 0; ; conflicts++) {
      try {
        const { PutObjectCommand } = s3Library();
        await this.#client.send(new PutObjectCommand({ ...this.#at(name), Body: bytes, IfNoneMatch: '*' }));
        return;
      } catch (error) {
        if (codeOf(error) === 'exists' && wasRepeated(error) && (await this.#holds(name, bytes))) return;
        if (!isConflict(error) || conflicts === CONFLICTS_MAX) throw error;
        await pause(CONFLICT_PAUSE_MS * (1 + conflicts));
      }
    }
  }

  async #holds(name: string, bytes: Uint8Array): Promise<boolean> {
    return Buffer.compare(await this.read(name), bytes) === 0;
  }

  async read(name: string): Promise<Uint8Array> {
    const { GetObjectCommand } = s3Library();
    const { Body } = await this.#client.send(new GetObjectCommand(this.#at(name)));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  }

  /** @param from bytes before are left out. @param tag of the object that is meant: another one is an error */
  async open(
    name: string,
    from: number,
    tag: string | undefined,
  ): Promise<{ body: Readable; tag: string | undefined }> {
    const { GetObjectCommand } = s3Library();
    const part = from === 0 ? {} : { Range: `bytes=${from}-`, ...(tag === undefined ? {} : { IfMatch: tag }) };
    const { Body, ETag } = await this.#client.send(new GetObjectCommand({ ...this.#at(name), ...part }));
    return { body: Body as Readable, tag: ETag };
  }

  async length(name: string): Promise<number> {
    const { HeadObjectCommand } = s3Library();
    const { ContentLength = 0 } = await this.#client.send(new HeadObjectCommand(this.#at(name)));
    return ContentLength;
  }

  /** Names with the prefix, in ascending order of code units. */
  async list(prefix: string): Promise<readonly string[]> {
    const { paginateListObjectsV2 } = s3Library();
    const { bucket: Bucket, prefix: root } = this.location;
    const names: string[] = [];
    for await (const page of paginateListObjectsV2({ client: this.#client }, { Bucket, Prefix: root + prefix }))
      for (const { Key } of page.Contents ?? []) if (Key !== undefined) names.push(Key.slice(root.length));
    // S3 sorts by bytes of UTF-8.
    return names.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  }

  async delete(names: readonly string[]): Promise<void> {
    const { DeleteObjectsCommand } = s3Library();
    const { bucket: Bucket, prefix } = this.location;
    for (let begin = 0; begin < names.length; begin += DELETED_AT_ONCE) {
      const Objects = names.slice(begin, begin + DELETED_AT_ONCE).map((name) => ({ Key: prefix + name }));
      const { Errors = [] } = await this.#client.send(
        new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
      );
      const [first] = Errors.filter(({ Code }) => Code !== 'NoSuchKey');
      if (first !== undefined) throw new Error(`${first.Key} cannot be deleted: ${first.Code} ${first.Message ?? ''}`);
    }
  }

  // Of objects that are too large to be sent at once.

  async beginUpload(name: string): Promise<string> {
    const { CreateMultipartUploadCommand } = s3Library();
    const { UploadId } = await this.#client.send(
      new CreateMultipartUploadCommand({ ...this.#at(name), ChecksumAlgorithm: 'CRC32' }),
    );
    if (UploadId === undefined) throw new Error(`the store began an upload of ${name}, and did not name it`);
    return UploadId;
  }

  async uploadPart(name: string, UploadId: string, PartNumber: number, Body: Uint8Array): Promise<ObjectPart> {
    const { UploadPartCommand } = s3Library();
    const sent = new UploadPartCommand({ ...this.#at(name), UploadId, PartNumber, Body, ChecksumAlgorithm: 'CRC32' });
    const { ETag, ChecksumCRC32 } = await this.#client.send(sent);
    return { PartNumber, ETag, ...(ChecksumCRC32 === undefined ? {} : { ChecksumCRC32 }) };
  }

  /** @param bytes of all parts */
  async completeUpload(name: string, UploadId: string, Parts: readonly ObjectPart[], bytes: number): Promise<void> {
    const { CompleteMultipartUploadCommand } = s3Library();
    const MultipartUpload = { Parts: [...Parts] };
    try {
      await this.#client.send(
        new CompleteMultipartUploadCommand({ ...this.#at(name), UploadId, MultipartUpload, IfNoneMatch: '*' }),
      );
    } catch (error) {
      // The answer to an earlier try was lost, and the upload is over.
      if (!wasRepeated(error) || (await this.length(name).catch(() => undefined)) !== bytes) throw error;
    }
  }

  async abortUpload(name: string, UploadId: string): Promise<void> {
    const { AbortMultipartUploadCommand } = s3Library();
    await this.#client.send(new AbortMultipartUploadCommand({ ...this.#at(name), UploadId }));
  }

  #at(name: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.location.bucket, Key: this.location.prefix + name };
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms * (1 + Math.random())));
}
