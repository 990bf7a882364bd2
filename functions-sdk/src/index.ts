/** What the author of a stateful function imports. */
export type { Accepted } from './function/accepted.js';
export { address, remoteFunction, type Target } from './function/address.js';
export type { Context } from './function/context.js';
export {
  egressValue,
  kafkaRecord,
  kinesisRecord,
  type KafkaRecord,
  type KinesisRecord,
  type RecordValue,
} from './function/egress.js';
export { FunctionError, Reject, RetryLater, type FunctionErrorCode } from './function/function-error.js';
export { FunctionSet, type AnyFunction } from './function/function-set.js';
export type { Message } from './function/message.js';
export type { ListState } from './function/list-state.js';
export type { MapState } from './function/map-state.js';
export {
  persisted,
  persistedList,
  persistedMap,
  type InParts,
  type Persisted,
  type PersistedOptions,
  type StateOf,
} from './function/state-declaration.js';
export { statefulFunction, type Handler, type StatefulFunction } from './function/stateful-function.js';
export type { Duration } from './types/duration.js';
export type { FromSchema, JsonSchema } from './types/json-schema.js';
export type { StandardSchema } from './types/standard-schema.js';
export type { Typename } from './types/typename.js';
export * as types from './types/types.js';
export { ValueError, type ValueType } from './types/value-type.js';
export type { Address, EgressMessage } from './wire/messages.js';
export { fastifyPlugin } from './serving/fastify-plugin.js';
export { fetchHandler, type FetchHandler } from './serving/fetch-handler.js';
export type { Authenticator, EndpointOptions, EndpointRequest } from './serving/http-endpoint.js';
export { nodeListener, type NodeListener } from './serving/node-listener.js';
export { serve, type FunctionServer, type ServeOptions, type TlsOptions } from './serving/serve.js';
export { signedBy, type SignedByOptions } from './serving/signed-by.js';
