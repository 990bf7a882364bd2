/**
 * The body of a request: read within limits, and held against the schema of its route.
 *
 * Invariants
 * - No more than `BODY_BYTES_MAX` of it is ever held.
 * - What has come through may be walked without a stack that overflows.
 */
import { JSON_DEPTH_MAX, tooDeepAt } from '@tidegate/connectors/api';
import type { IncomingMessage } from 'node:http';
import { Ajv, type ValidateFunction } from 'ajv';
import { ApiError } from './api-error.js';
import { API_SCHEMAS, type SchemaName } from './api-schemas.js';
import { readBytes } from './body-bytes.js';

export const BODY_BYTES_MAX = 8 * 1024 * 1024;

const ajv = new Ajv({ strict: true, keywords: ['components'] });
const validators = new Map<SchemaName, ValidateFunction>();

/** @throws ApiError `too-large`, `unsupported-media-type`, `bad-request` */
export async function readBody(request: IncomingMessage, schema: SchemaName | undefined): Promise<unknown> {
  const bytes = await readBytes(request, BODY_BYTES_MAX);
  const isJson = /^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '');
  // A page of another origin cannot send this type without being allowed to: there is no other guard before tokens.
  if (bytes.length > 0 && !isJson) throw new ApiError('unsupported-media-type', 'a body is to be application/json');
  const body = bytes.length === 0 ? {} : parsed(bytes);
  if (schema !== undefined) check(body, schema);
  return body;
}

function parsed(bytes: Buffer): unknown {
  let text: string;
  let body: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    body = JSON.parse(text);
  } catch {
    throw new ApiError('bad-request', 'the body is not JSON in UTF-8');
  }
  if (tooDeepAt(text) === undefined) return body;
  throw new ApiError('bad-request', `the body is nested deeper than ${JSON_DEPTH_MAX} levels`);
}

function check(body: unknown, name: SchemaName): void {
  const validate = validatorOf(name);
  if (validate(body)) return;
  const [error] = validate.errors ?? [];
  const place = error?.instancePath === '' ? 'the body' : `${error?.instancePath} of the body`;
  const extra = error?.keyword === 'additionalProperties' ? `: ${String(error.params['additionalProperty'])}` : '';
  throw new ApiError('bad-request', `${place} ${error?.message ?? 'is not as it should be'}${extra}`);
}

function validatorOf(name: SchemaName): ValidateFunction {
  let validate = validators.get(name);
  if (validate === undefined) {
    validate = ajv.compile({ components: { schemas: API_SCHEMAS }, $ref: `#/components/schemas/${name}` });
    validators.set(name, validate);
  }
  return validate;
}
