/** The counter in both SDKs: an int as state, plus one, and `message|count` to an egress. */
import { egressValue, nodeListener, persisted, statefulFunction, types } from '@tidegate/functions-sdk';
import { createRequire } from 'node:module';
import type { RequestListener } from 'node:http';

interface ApacheContext {
  readonly storage: { n: number | null };
  send(message: unknown): void;
}

interface Apache {
  readonly StateFun: {
    new (): { bind(spec: object): void; handler(): RequestListener };
    intType(): unknown;
    stringType(): unknown;
  };
  egressMessageBuilder(message: object): unknown;
}

export const COUNTER = 'bench/counter';
export const COUNTED = 'bench/out';

/** @param count told of each message */
export function counterOf(count: () => void) {
  return statefulFunction(COUNTER, { state: { n: persisted(types.int, { default: 0 }) } }).on(
    types.string,
    (context, text) => {
      count();
      context.state.n += 1;
      context.emit(egressValue(COUNTED, types.string, `${text}|${context.state.n}`));
    },
  );
}

/** The same for those who ask: it answers with the count. */
export const ASKED = 'bench/asked';
export const ASK = types.json<object>('bench/Ask');

const asked = statefulFunction(ASKED, { state: { n: persisted(types.int, { default: 0 }) } }).on(ASK, (context) => {
  context.state.n += 1;
  context.reply(types.int, context.state.n);
});

export function tidegateListener(count: () => void): RequestListener {
  return nodeListener([counterOf(count), asked]);
}

export function apacheListener(count: () => void): RequestListener {
  const { StateFun, egressMessageBuilder } = createRequire(import.meta.url)('apache-flink-statefun') as Apache;
  const functions = new StateFun();
  functions.bind({
    typename: COUNTER,
    specs: [{ name: 'n', type: StateFun.intType() }],
    fn(context: ApacheContext, message: { asString(): string }): void {
      count();
      const n = (context.storage.n ?? 0) + 1;
      context.storage.n = n;
      const value = `${message.asString()}|${n}`;
      context.send(egressMessageBuilder({ typename: COUNTED, value, valueType: StateFun.stringType() }));
    },
  });
  return functions.handler();
}
