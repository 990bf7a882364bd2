/**
 * The protocol for the other side, a platform that calls functions: what is sent to them and what they answer, as values
 * and as bytes. The author of a function needs none of it.
 */
export { Progress, type RunningMessage } from './embedded/progress.js';
export type { ThreadCall, ThreadReport, ThreadStart } from './embedded/thread-messages.js';
export { decodeFromFunction, encodeFromFunction } from './wire/from-function.js';
export type {
  Address,
  DelayedMessage,
  Effects,
  EgressMessage,
  Expiration,
  Invocation,
  InvocationBatch,
  InvocationOutcome,
  OutgoingMessage,
  PersistedValue,
  StateMutation,
  StateSpec,
  TypedValue,
} from './wire/messages.js';
export { ProtocolError } from './wire/protocol-error.js';
export {
  decodeSharedReplies,
  decodeSharedRequest,
  encodeSharedReplies,
  encodeSharedRequest,
  SHARED_REQUEST_TYPE,
  type InvocationFailure,
  type SharedReply,
} from './wire/shared-request.js';
export { listExtentValue, readListExtent, type ListExtent } from './wire/list-extent.js';
export {
  decodePage,
  encodePage,
  entryName,
  PAGE_ENTRIES_MAX,
  PAGE_TYPE,
  pageName,
  PARTS_TYPE,
  statePart,
  type PageEntry,
  type StatePart,
} from './wire/state-parts.js';
export { decodeToFunction, encodeToFunction } from './wire/to-function.js';
export { DESCRIPTION_TYPE, type EndpointDescription, type FunctionDescription } from './serving/description.js';
export { PROBLEM_TYPE, type Problem } from './serving/problem.js';
export { SIMPLE_TYPES } from './types/simple-types.js';
export { ValueError } from './types/value-type.js';
