/**
 * The requests for a subtask's addresses, from the first time that one is asked to the end of the time for which its reply
 * is kept.
 *
 *     (asked) ──▶ pending ──▶ replied | failed
 *
 * Invariants
 * - A request is done once, however often it is asked. The first reply is the reply, and everybody who asks is told it.
 * - Nobody is told anything of a request that could be otherwise after a failure: what is told is durable.
 */
import type { TypedValue } from '@tidegate/functions-sdk/protocol';
import { FUNCTIONS } from '../../job/function-node.js';
import { plainValueCodec } from '../../state/codecs/plain-value-codec.js';
import type { KeyedStore, MapState } from '../../state/keyed-store.js';
import { keyOfId, type FunctionMessage } from '../function-message.js';
import { requestMessageId } from '../message-id.js';
import type { InvocationLog } from './invocation-log.js';
import { NOTHING, replyType, typeOfRequest, type AskedRequest, type ToldRequest } from './request-messages.js';

interface RequestState {
  readonly status: 'pending' | 'replied' | 'failed';
  readonly typename: string;
  readonly bytes?: Uint8Array;
}

type EndState = RequestState & { readonly status: 'replied' | 'failed' };

export interface RequestTableOptions {
  readonly store: KeyedStore;
  readonly log: InvocationLog;
  /** For so long a reply is known. */
  readonly keptMs: number;
  /** To an address of this subtask. */
  deliver(message: FunctionMessage): void;
  tell(told: ToldRequest): void;
}

export class RequestTable {
  readonly #states: MapState<RequestState>;
  /** Who listens for the end of a request that is pending, by its name and id. In no checkpoint: they ask again. */
  readonly #listeners = new Map<string, Set<string>>();

  constructor(private readonly options: RequestTableOptions) {
    this.#states = options.store.map({
      owner: FUNCTIONS,
      name: 'requests',
      codec: plainValueCodec<RequestState>(),
      ttl: { ms: options.keptMs },
    });
  }

  ask({ how, request, id, listener, argument }: AskedRequest): void {
    const { log, tell } = this.options;
    const known = this.#states.get(keyOfId(id), keyOfId(request));
    const told = { request, id, listener };
    if (known !== undefined && known.status !== 'pending') {
      const { status } = known;
      // That a request failed may not be durable yet.
      return log.flush(() => tell({ ...told, what: status, argument: valueOf(known) }));
    }
    if (how === 'look') return tell({ ...told, what: known === undefined ? 'unknown' : 'accepted', argument: NOTHING });
    if (known === undefined) {
      log.append({ kind: 'request', target: { type: typeOfRequest(request), id }, request, argument });
      this.begin(request, id, argument);
    }
    if (how === 'send') return log.flush(() => tell({ ...told, what: 'accepted', argument: NOTHING }));
    const name = nameOf(request, id);
    const listeners = this.#listeners.get(name);
    if (listeners === undefined) this.#listeners.set(name, new Set([listener]));
    else listeners.add(listener);
  }

  /** Unless it has begun already. */
  begin(request: string, id: string, argument: TypedValue): void {
    if (this.#states.get(keyOfId(id), keyOfId(request)) !== undefined) return;
    this.#states.put(keyOfId(id), keyOfId(request), { status: 'pending', typename: '' });
    this.options.deliver({
      target: { type: typeOfRequest(request), id },
      caller: { type: replyType(request), id },
      argument,
      messageId: requestMessageId(request),
    });
  }

  /** What a function has sent: that it did is durable. */
  reply(request: string, id: string, { typename, hasValue, bytes }: TypedValue): void {
    const state = { status: 'replied', typename, ...(hasValue ? { bytes } : {}) } as const;
    if (this.#end(request, id, state)) this.#tell(request, id, state);
  }

  /** It is not tried any more. */
  giveUp(request: string, id: string, argument: TypedValue, reason: string): void {
    const state = failed(reason);
    if (!this.#end(request, id, state)) return;
    const target = { type: typeOfRequest(request), id };
    this.options.log.append({ kind: 'given-up', target, request, argument, reason }, () =>
      this.#tell(request, id, state),
    );
  }

  /** The log says that it was given up. */
  restoreFailure(request: string, id: string, reason: string): void {
    this.#end(request, id, failed(reason));
  }

  /** @returns false where nobody asked, or so long ago that it is forgotten; or it has its reply */
  #end(request: string, id: string, state: RequestState): boolean {
    const known = this.#states.get(keyOfId(id), keyOfId(request));
    if (known?.status !== 'pending') return false;
    this.#states.put(keyOfId(id), keyOfId(request), state);
    return true;
  }

  #tell(request: string, id: string, state: EndState): void {
    const name = nameOf(request, id);
    const argument = valueOf(state);
    for (const listener of this.#listeners.get(name) ?? [])
      this.options.tell({ what: state.status, request, id, listener, argument });
    this.#listeners.delete(name);
  }
}

function failed(reason: string): EndState {
  return { status: 'failed', typename: '', bytes: Buffer.from(reason) };
}

function valueOf({ typename, bytes }: RequestState): TypedValue {
  return { typename, hasValue: bytes !== undefined, bytes: bytes ?? NOTHING.bytes };
}

function nameOf(request: string, id: string): string {
  return `${request}\n${id}`;
}
