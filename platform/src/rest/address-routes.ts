/** The API's routes to the addresses of functions. */
import { limitFault, LIST_MAX, type WrittenValue } from '../job/address-question.js';
import type { AddressHost, AddressService } from './address-service.js';
import { ApiError } from './api-error.js';
import type { Call, Reply, Route } from './route.js';

const TYPE = '/v1/jobs/{name}/functions/{namespace}/{function}';
const ADDRESS = `${TYPE}/{id}`;
const STATE = `${ADDRESS}/state/{state}`;
const ENTRIES = `${STATE}/entries`;
const ENTRY = `${ENTRIES}/{key}`;
const LIMIT = 100;
const LIMIT_QUERY = { limit: `of a page, 1 to ${LIST_MAX}; default ${LIMIT}` };

interface Place {
  readonly service: AddressService;
  readonly type: string;
  readonly id: string;
  readonly state: string;
  readonly key: string;
}

export const ADDRESS_ROUTES: readonly Route<AddressHost>[] = [
  {
    method: 'GET',
    path: TYPE,
    // Ids may be personal.
    role: 'operator',
    summary: 'Addresses of a function that have state or messages, in the order of their ids, a page at a time.',
    query: LIMIT_QUERY,
    texts: { after: 'the last id of the page before', status: 'parked: only addresses that were given up' },
    responses: { 200: { description: 'a page', schema: 'Addresses' } },
    errors: ['not-found'],
    async handle(call, host) {
      const limit = limitOf(call);
      const { after, status } = call.texts;
      if (status !== undefined && status !== 'parked')
        throw new ApiError('bad-request', `status is ${JSON.stringify(status)}; expected parked, or none`);
      const { service, type } = placeOf(call, host);
      const page = { limit, isParked: status !== undefined, ...(after === undefined ? {} : { after }) };
      return { status: 200, body: await service.list(type, page) };
    },
  },
  {
    method: 'GET',
    path: ADDRESS,
    role: 'viewer',
    summary: 'An address: what waits for it, and its state, personal data masked.',
    responses: { 200: { description: 'the address; also one that was never called', schema: 'Address' } },
    errors: ['not-found'],
    async handle(call, host) {
      const { service, type, id } = placeOf(call, host);
      return { status: 200, body: await service.read(type, id) };
    },
  },
  {
    method: 'DELETE',
    path: `${ADDRESS}/state`,
    role: 'operator',
    summary: 'Delete all state of an address, once and for all. What waits for it stays.',
    responses: { 200: { description: 'it has none', schema: 'Nothing' } },
    errors: ['not-found', 'conflict'],
    async handle(call, host) {
      const { service, type, id } = placeOf(call, host);
      return done(service.delete(type, id));
    },
  },
  {
    method: 'GET',
    path: STATE,
    role: 'operator',
    summary: 'One state of an address, as it is.',
    responses: { 200: { description: 'the state', schema: 'State' } },
    errors: ['not-found'],
    async handle(call, host) {
      const { service, type, id, state } = placeOf(call, host);
      return { status: 200, body: await service.readState(type, id, state) };
    },
  },
  {
    method: 'PUT',
    path: STATE,
    role: 'operator',
    summary: 'Write one state of an address, once and for all. The same once more changes nothing.',
    request: 'WrittenState',
    responses: { 200: { description: 'it is so', schema: 'Nothing' } },
    errors: ['not-found', 'conflict', 'invalid'],
    async handle(call, host) {
      const { service, type, id, state } = placeOf(call, host);
      return done(service.write(type, id, state, writtenIn(call)));
    },
  },
  {
    method: 'DELETE',
    path: STATE,
    role: 'operator',
    summary: 'Delete one state of an address, once and for all.',
    responses: { 200: { description: 'the address does not have it', schema: 'Nothing' } },
    errors: ['not-found', 'conflict'],
    async handle(call, host) {
      const { service, type, id, state } = placeOf(call, host);
      return done(service.delete(type, id, state));
    },
  },
  {
    method: 'GET',
    path: ENTRIES,
    role: 'operator',
    summary: 'Entries of a map, or elements of a list, whose keys are their places from 0: a page at a time.',
    query: LIMIT_QUERY,
    texts: { after: 'the last key of the page before' },
    responses: { 200: { description: 'a page', schema: 'Entries' } },
    errors: ['not-found', 'invalid'],
    async handle(call, host) {
      const { service, type, id, state } = placeOf(call, host);
      const { after } = call.texts;
      const page = { limit: limitOf(call), ...(after === undefined ? {} : { after }) };
      return { status: 200, body: await service.entries(type, id, state, page) };
    },
  },
  {
    method: 'GET',
    path: ENTRY,
    role: 'operator',
    summary: 'One entry, as it is.',
    responses: { 200: { description: 'the entry', schema: 'Entry' } },
    errors: ['not-found', 'invalid'],
    async handle(call, host) {
      const { service, type, id, state, key } = placeOf(call, host);
      return { status: 200, body: await service.entry(type, id, state, key) };
    },
  },
  {
    method: 'PUT',
    path: ENTRY,
    role: 'operator',
    summary: 'Write one entry, once and for all; of a list an element, or the one behind the last.',
    request: 'WrittenState',
    responses: { 200: { description: 'it is so', schema: 'Nothing' } },
    errors: ['not-found', 'conflict', 'invalid'],
    async handle(call, host) {
      const { service, type, id, state, key } = placeOf(call, host);
      return done(service.write(type, id, state, writtenIn(call), key));
    },
  },
  {
    method: 'DELETE',
    path: ENTRY,
    role: 'operator',
    summary: 'Delete one entry, once and for all; of a list the first or the last.',
    responses: { 200: { description: 'the state does not have it', schema: 'Nothing' } },
    errors: ['not-found', 'conflict', 'invalid'],
    async handle(call, host) {
      const { service, type, id, state, key } = placeOf(call, host);
      return done(service.delete(type, id, state, key));
    },
  },
  {
    method: 'POST',
    path: `${ADDRESS}/release`,
    role: 'operator',
    summary: 'Have a parked address called again, with all that waits for it.',
    responses: { 200: { description: 'it is', schema: 'Nothing' } },
    errors: ['not-found', 'conflict'],
    async handle(call, host) {
      const { service, type, id } = placeOf(call, host);
      return done(service.release(type, id));
    },
  },
];

function placeOf({ parameters }: Call, host: AddressHost): Place {
  const { name = '', namespace = '', function: called = '', id = '', state = '', key = '' } = parameters;
  return { service: host.addresses(name), type: `${namespace}/${called}`, id, state, key };
}

/** @throws ApiError */
function limitOf({ query: { limit = LIMIT } }: Call): number {
  const fault = limitFault(limit);
  if (fault !== undefined) throw new ApiError('bad-request', fault);
  return limit;
}

function writtenIn({ body }: Call): WrittenValue {
  const { value, base64 } = body as { readonly value?: unknown; readonly base64?: string };
  return base64 === undefined ? { json: JSON.stringify(value) } : { base64 };
}

async function done(edit: Promise<void>): Promise<Reply> {
  await edit;
  return { status: 200, body: {} };
}
