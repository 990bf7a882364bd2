/** The same counter in both SDKs: an int as state, plus one, and one message to an egress. */
import { createRequire } from 'node:module';
import type { RequestListener } from 'node:http';
import { egressValue, nodeListener, persisted, statefulFunction, types } from '../../src/index.js';
import { FunctionSet } from '../../src/function/function-set.js';
import type { InvocationOutcome } from '../../src/wire/messages.js';
import { encodeFromFunction } from '../../src/wire/from-function.js';
import { decodeToFunction } from '../../src/wire/to-function.js';

export type Sdk = 'tidegate' | 'apache';

const counter = statefulFunction('bench/counter', { state: { n: persisted(types.int, { default: 0 }) } }).on(
  types.string,
  (context, text) => {
    context.state.n += 1;
    context.emit(egressValue('bench/out', types.string, `${text}|${context.state.n}`));
  },
);

interface ApacheContext {
  readonly storage: { n: number | null };
  send(message: unknown): void;
}

interface ApacheSdk {
  readonly StateFun: {
    new (): {
      bind(spec: object): void;
      handler(): RequestListener;
    };
    intType(): unknown;
    stringType(): unknown;
  };
  egressMessageBuilder(message: object): unknown;
}

const load = createRequire(import.meta.url);

function apacheSpec({ StateFun, egressMessageBuilder }: ApacheSdk): object {
  return {
    typename: 'bench/counter',
    specs: [{ name: 'n', type: StateFun.intType() }],
    fn(context: ApacheContext, message: { asString(): string }): void {
      const n = (context.storage.n ?? 0) + 1;
      context.storage.n = n;
      const value = `${message.asString()}|${n}`;
      context.send(egressMessageBuilder({ typename: 'bench/out', value, valueType: StateFun.stringType() }));
    },
  };
}

/** Codec and dispatch alone: a request's bytes to an answer's. */
export function inProcess(sdk: Sdk): (request: Buffer) => Uint8Array | Promise<Uint8Array> {
  if (sdk === 'tidegate') {
    const functions = new FunctionSet([counter]);
    return (request) => encodeFromFunction(functions.invoke(decodeToFunction(request)) as InvocationOutcome);
  }
  const apache = load('apache-flink-statefun') as ApacheSdk;
  const { handle } = load('apache-flink-statefun/dist/handler.js') as {
    handle(request: Buffer, functions: object): Promise<Uint8Array>;
  };
  const { FunctionSpec } = load('apache-flink-statefun/dist/core.js') as {
    FunctionSpec: { fromOpts(o: object): object };
  };
  const functions = { 'bench/counter': FunctionSpec.fromOpts(apacheSpec(apache)) };
  return (request) => handle(request, functions);
}

/** Behind `node:http`, as each SDK's own documentation serves it. */
export function listener(sdk: Sdk): RequestListener {
  if (sdk === 'tidegate') return nodeListener([counter]);
  const apache = load('apache-flink-statefun') as ApacheSdk;
  const functions = new apache.StateFun();
  functions.bind(apacheSpec(apache));
  return functions.handler();
}
