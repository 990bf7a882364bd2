/**
 * Stateful functions in the graph: one node for all of them, `functions`, as they send to each other in circles and an
 * address of any type has its place by its id alone.
 *
 * Invariants
 * - Input 0 of the node brings what functions send to each other, whatever else there is: its name is in checkpoints. Input
 *   i + 1 is `inputs[i]`.
 */
import type { TypedTree } from '../expression/tree.js';
import type { EndpointDescriptor } from './function-endpoint.js';

/** The node, its vertex and the source of the records that functions put out. */
export const FUNCTIONS = 'functions';

/** The source, and its connector, of a job whose functions answer requests: it has no records and no end. */
export const REQUESTS = 'requests';

export interface FunctionNode {
  readonly kind: 'functions';
  readonly id: typeof FUNCTIONS;
  readonly inputs: readonly FunctionInput[];
  readonly types: readonly FunctionTypeDescriptor[];
  readonly endpoints: readonly EndpointDescriptor[];
  /** Where what functions emit leaves, by the name that they use: `shop/ended`. */
  readonly egresses: readonly FunctionEgress[];
  /** For what waits to be delivered, per worker; beyond it nothing comes in from outside the loop. */
  readonly memoryBytes: number;
  /** Absent: nobody asks from outside. */
  readonly requests?: RequestsDescriptor;
  /** Ingresses whose senders wait for what rules decide of their events. Absent: none. */
  readonly decisions?: readonly IngressDecision[];
}

/** What whoever must be answered in time is told where nobody has by then. */
export interface DecisionDescriptor {
  readonly withinMs: number;
  /** Of the default. */
  readonly type: string;
  /** JSON. */
  readonly otherwise: unknown;
}

export interface IngressDecision extends DecisionDescriptor {
  /** Its name. */
  readonly ingress: string;
}

/** The type of the addresses at which decisions on the events of an ingress are kept, one for each request; no function has it. */
export function decisionType(ingress: string): string {
  return `tidegate.decisions/${ingress}`;
}

/** Where functions answer who asks from outside. */
export interface RequestsDescriptor {
  readonly host: string;
  /** 0: any that is free, of one subtask. Otherwise that of whichever subtask on the machine comes first. */
  readonly port: number;
  /** Types that answer, with the type of messages that say none. */
  readonly functions: readonly RequestedFunction[];
  /** Whether a path `/NAMESPACE/NAME/ID` is a message, by any method. */
  readonly playground?: true;
  readonly maxBodyBytes: number;
  readonly maxConnections: number;
  /** How long a request waits for its reply before it is told where to find it, milliseconds. */
  readonly waitMs: number;
  /** How long a reply is known, milliseconds. */
  readonly keptMs: number;
  /** Names under which it may be called; absent: its own address, and any where others reach it. */
  readonly allowedHosts?: readonly string[];
  /** A file of tokens, one of which must be shown. Absent: whoever reaches the address may ask. */
  readonly tokens?: string;
  /** Files in PEM. Absent: plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
}

export interface RequestedFunction {
  readonly type: string;
  readonly message: string;
  /** Absent: a request waits until there is a reply. */
  readonly decision?: DecisionDescriptor;
}

export interface FunctionEgress {
  readonly typename: string;
  /** Id of the sink. */
  readonly to: string;
  /**
   * `value`: what is emitted, as a value with fields. `message`: what is emitted as it is, in the field `value`; of a record for Kafka
   * or Kinesis also its `topic` (the stream), `key` and `headers`.
   */
  readonly form: 'value' | 'message';
}

/** A stream whose records become messages. */
export interface FunctionInput {
  /** The stream, as an operator's input names it: `ingresses.x` or `rules.y`. */
  readonly from: string;
  readonly name: string;
  /** Of a rule: its alerts, or what has run out of time. Absent: its alerts. */
  readonly tag?: 'timeout';
  /** Name of the function's type, and of the message's. */
  readonly function: string;
  readonly type: string;
  /** Only records for which it holds become messages. Absent: all. */
  readonly condition?: TypedTree;
  /**
   * Reads the record alone; its value as text is the id of the address. Absent: the address is that of the request with which the
   * event, or the alert's last event of `decision`, came.
   */
  readonly id?: TypedTree;
  /** The ingress whose senders wait: its events are what is asked, alerts what is decided. Absent: it is for functions. */
  readonly decision?: string;
  /** What the message is: bytes, or text. Absent: the event, or the alert, as JSON. */
  readonly value?: TypedTree;
  /** The route, or the rule, that says so: for messages to people. */
  readonly where: string;
}

/** Each has state, counters and metrics of its own, whoever may send to it. */
export const NAMESPACE_TYPES_MAX = 1000;

export interface FunctionTypeDescriptor {
  /** `namespace/name`; `namespace/*`: each of the namespace that is not named. */
  readonly type: string;
  /** Of an endpoint. */
  readonly endpoint: string;
  /** Messages in one call of an address, at most. */
  readonly maxBatch: number;
  /** Addresses that are called at once, of one subtask. Absent: as many as requests take. */
  readonly concurrency?: number;
  /** Messages that are called for in so many milliseconds, of all subtasks. Absent: as many as can be. */
  readonly rate?: { readonly messages: number; readonly perMs: number };
  /** Of types that share an endpoint the one with the most goes first. Absent: 0. */
  readonly priority?: number;
  /** Of a namespace: so many types of it there may be. Absent: NAMESPACE_TYPES_MAX. */
  readonly typesMax?: number;
  readonly onFailure: FailureDescriptor;
}

/** What becomes of a message whose call fails again and again. */
export interface FailureDescriptor {
  /** After the first attempt. */
  readonly retries: number;
  readonly then: 'fail' | 'park' | 'dead-letter';
  /** Id of the sink of dead letters. */
  readonly to?: string;
}
