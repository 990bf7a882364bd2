/** The node of the simulator's functions, with what flows to them, round them and out of them. */
import type { TypedTree } from '../../expression/index.js';
import { FUNCTIONS, type FunctionNode, type FunctionTypeDescriptor } from '../../job/function-node.js';
import type { StreamEdge } from '../../job/stream-graph.js';
import type { FunctionsOptions } from '../workload/input-events.js';
import { PARCEL } from './parcel.js';
import { ACCOUNT, CELLAR, COURIER, OUT } from './probe-functions.js';

const ENDPOINT = 'functions.probe';
const RETRIES = 1;

export interface FunctionStreams {
  /** Node whose records are events. */
  readonly source: string;
  readonly sink: string;
  /** Of an event: the id of its account, and its parcel. */
  readonly id: TypedTree;
  readonly parcel: TypedTree;
}

export function functionNode(
  { budgetBytes }: FunctionsOptions,
  { source, sink, id, parcel }: FunctionStreams,
): FunctionNode {
  const letter = { retries: RETRIES, then: 'dead-letter', to: sink } as const;
  return {
    kind: 'functions',
    id: FUNCTIONS,
    inputs: [
      { from: source, name: 'events', function: ACCOUNT, type: PARCEL, id, value: parcel, where: 'routes.parcels' },
    ],
    types: [type(ACCOUNT, letter), type(COURIER, letter), type(CELLAR, { retries: 0, then: 'park' })],
    endpoints: [
      {
        kind: 'http',
        id: ENDPOINT,
        url: 'http://functions/',
        requestsMax: 4,
        timeoutMs: 1000,
        connectTimeoutMs: 1000,
        maxAnswerBytes: 1 << 20,
      },
    ],
    egresses: [{ typename: OUT, to: sink, form: 'value' }],
    memoryBytes: budgetBytes,
  };
}

export function functionEdges({ source, sink }: FunctionStreams): StreamEdge[] {
  const toFunctions = { to: FUNCTIONS, tag: 'main', partition: 'hash' } as const;
  return [
    { from: source, ...toFunctions, input: 1 },
    { from: FUNCTIONS, ...toFunctions, input: 0, feedback: true },
    { from: FUNCTIONS, to: sink, tag: 'egress', partition: 'forward' },
    { from: FUNCTIONS, to: sink, tag: 'error', partition: 'forward' },
  ];
}

function type(name: string, onFailure: FunctionTypeDescriptor['onFailure']): FunctionTypeDescriptor {
  return { type: name, endpoint: ENDPOINT, maxBatch: 5, onFailure };
}
