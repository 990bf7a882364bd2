/** `requests`: functions that answer who asks over HTTP. */
import { declare } from '@tidegate/connectors/api';
import { decisionFields } from './decision.js';
import { FUNCTION_TYPES, TYPENAME } from './names.js';

export const requests = declare({
  type: 'object',
  description:
    'Functions that are called over HTTP, and answer: POST /v1/functions/NAMESPACE/NAME/ID. A reply leaves when what was asked and what came of it cannot be lost any more.',
  fields: {
    port: {
      type: 'integer',
      required: true,
      minimum: 0,
      maximum: 65535,
      description: 'The port to listen on; 0 takes a free one.',
      example: 8090,
    },
    host: {
      type: 'string',
      default: '127.0.0.1',
      description: 'The address to listen on. Any other than a loopback address needs `tokens`, or insecure: true.',
    },
    functions: {
      type: 'map',
      keyPattern: FUNCTION_TYPES,
      required: true,
      of: {
        type: 'string',
        pattern: TYPENAME,
        description: 'The type of a message for which a request names none (`?type=`): namespace/name.',
      },
      description: 'The types of functions that may be called, each with the type of its messages.',
      example: { 'shop/cart': 'shop/Request' },
    },
    decisions: {
      type: 'map',
      keyPattern: FUNCTION_TYPES,
      of: {
        type: 'object',
        description: 'By when, and what otherwise.',
        fields: decisionFields(
          'How long the function has, from when the request has come to its address.',
          'The reply where the function has not replied by then, or has failed for good: any value, sent as JSON.',
        ),
      },
      description:
        'Of these functions, those whose callers must be answered in time. What a caller is told is decided once, and does not change: a reply that comes later is dropped, and what the function did besides is not.',
      example: { 'fraud/decide': { within: '150ms', default: { approve: true } } },
    },
    wait: {
      type: 'duration',
      default: '30s',
      description: 'How long a request waits for the reply. Then it is answered 202, and says where the reply will be.',
    },
    keepReplies: {
      type: 'duration',
      default: '1d',
      description: 'For how long a request with a known idempotency key is answered by the reply that it had.',
    },
    maxBody: { type: 'size', default: '1MiB', description: 'A larger request is answered 413.' },
    maxConnections: {
      type: 'integer',
      default: 256,
      minimum: 1,
      maximum: 65535,
      description:
        'Beyond this the oldest of the connections that ask for nothing gives way to a new one; likewise of those whose request has not come in whole. With those that wait for an answer, which are never cut, four times as many may be open: what comes beyond is closed at once.',
    },
    tokens: {
      type: 'string',
      description:
        "A file of tokens (tidegate tokens): who asks shows one of them, whatever its role; another file than a coordinator's. Relative to the application file.",
    },
    tls: {
      type: 'object',
      description: 'Makes it HTTPS.',
      fields: {
        cert: {
          type: 'string',
          required: true,
          description: 'The certificate. A file in PEM, relative to the application file.',
        },
        key: { type: 'string', required: true, description: "The certificate's key, likewise." },
        ca: {
          type: 'string',
          description: 'Authorities, likewise: who asks must have a certificate of one of them.',
        },
      },
    },
    playground: {
      type: 'boolean',
      default: false,
      description:
        "Whether it also takes what the ingress of Apache StateFun's playground takes: any method on /NAMESPACE/NAME/ID leaves the body there as a message without a caller, and is answered 200 as soon as it cannot be lost.",
    },
    insecure: {
      type: 'boolean',
      default: false,
      description:
        'Allows an address that others can reach without tokens. Everybody who reaches it can call the functions.',
    },
    allowedHosts: {
      type: 'list',
      of: { type: 'string', description: 'A host name.' },
      description:
        'Names by which it may be called (the Host header without its port), besides its own address and localhost.',
    },
  },
});
