/**
 * The requests for a subtask's addresses, from the first time that one is asked to the end of the time for which its reply
 * is kept.
 *
 *     (asked) ──▶ pending ──▶ replied | failed | defaulted (not in time)
 *
 * Invariants
 * - A request is done once, however often it is asked. The first reply is the reply, and everybody who asks is told it. The time for
 *   which it is known begins when its message has been handled: what waits for its function is not forgotten.
 * - Nobody is told anything of a request that could be otherwise after a failure: what is told is durable.
 * - A request that rules decide is begun by its event, which comes through the graph as its alert does, and maybe behind it; who
 *   waits for it begins nothing. So it is begun once, as often as the event counts.
 * - What a request with a deadline came to is an entry of the log of its own: whether the reply or the deadline was first, nothing
 *   else says.
 */
import type { TypedValue } from '@tidegate/functions-sdk/protocol';
import { declaredFor } from '../../common/function-namespace.js';
import { FUNCTIONS } from '../../job/function-node.js';
import { fromKey } from '../../record/key.js';
import { plainValueCodec } from '../../state/codecs/plain-value-codec.js';
import type { KeyedStore, MapState, TimerService } from '../../state/keyed-store.js';
import { keyOfId, type FunctionMessage } from '../function-message.js';
import { requestMessageId } from '../message-id.js';
import type { Decision } from './decision.js';
import type { DecidedBy } from './invocation-entry.js';
import type { InvocationLog } from './invocation-log.js';
import {
  hasReply,
  NOTHING,
  replyType,
  requestAt,
  typeOfRequest,
  type AskedRequest,
  type ToldRequest,
} from './request-messages.js';

interface RequestState {
  readonly status: 'pending' | EndStatus;
  readonly typename: string;
  readonly bytes?: Uint8Array;
  /** While it is pending: when the default is the reply, epoch milliseconds. */
  readonly dueMs?: number;
}

type EndStatus = 'replied' | 'defaulted' | 'failed';
type EndState = RequestState & { readonly status: EndStatus };

export interface RequestTableOptions {
  readonly store: KeyedStore;
  readonly log: InvocationLog;
  /** For so long a reply is known. */
  readonly keptMs: number;
  readonly clock: { now(): number };
  /** By the function's type. */
  readonly decisions: ReadonlyMap<string, Decision>;
  /** To an address of this subtask. */
  deliver(message: FunctionMessage): void;
  tell(told: ToldRequest): void;
}

export class RequestTable {
  /** Those whose message waits, or is called for. */
  readonly #waiting: MapState<RequestState>;
  /** The others, for as long as they are known. */
  readonly #states: MapState<RequestState>;
  /** Who listens for the end of a request that is pending, by its name and id. In no checkpoint: they ask again. */
  readonly #listeners = new Map<string, Set<string>>();
  /** Under the address's id, with the request as their tag. */
  readonly #deadlines: TimerService;

  constructor(private readonly options: RequestTableOptions) {
    const codec = plainValueCodec<RequestState>();
    this.#waiting = options.store.map({ owner: FUNCTIONS, name: 'requests.waiting', codec });
    this.#states = options.store.map({ owner: FUNCTIONS, name: 'requests', codec, ttl: { ms: options.keptMs } });
    this.#deadlines = options.store.timers(FUNCTIONS, 'deadlines');
  }

  /** Of the next deadline, epoch milliseconds; +Infinity: there is none. */
  get nextDue(): number {
    return this.#deadlines.next;
  }

  /** Who is to be answered by now, is. */
  advance(nowMs: number): void {
    this.#deadlines.advance(nowMs, (key, _time, request) => this.#default(request, fromKey(key) as string));
  }

  ask({ how, request, id, listener, argument }: AskedRequest): void {
    const { log, tell } = this.options;
    const known = this.#known(request, id);
    const told = { request, id, listener };
    if (known !== undefined && known.status !== 'pending') {
      const { status } = known;
      // That a request failed, or what was decided, may not be durable yet.
      return log.flush(() => tell({ ...told, what: status, argument: valueOf(known) }));
    }
    if (how === 'look') return tell({ ...told, what: known === undefined ? 'unknown' : 'accepted', argument: NOTHING });
    if (known === undefined && !this.#isOfRules(request)) {
      log.append({ kind: 'request', target: { type: typeOfRequest(request), id }, request, argument });
      this.begin(request, id, argument);
    }
    if (how !== 'call') return log.flush(() => tell({ ...told, what: 'accepted', argument: NOTHING }));
    const name = requestAt(request, id);
    const listeners = this.#listeners.get(name);
    if (listeners === undefined) this.#listeners.set(name, new Set([listener]));
    else listeners.add(listener);
  }

  /** The event that is to be decided has come. */
  arrive(request: string, id: string): void {
    this.#open(request, id);
  }

  /** Unless it has begun already. */
  begin(request: string, id: string, argument: TypedValue): void {
    if (!this.#open(request, id)) return;
    this.options.deliver({
      target: { type: typeOfRequest(request), id },
      caller: hasReply(request) ? { type: replyType(request), id } : undefined,
      argument,
      messageId: requestMessageId(request),
    });
  }

  /** @returns false where it is known already */
  #open(request: string, id: string): boolean {
    if (this.#known(request, id) !== undefined) return false;
    const decision = this.#decisionOf(request);
    const due = decision && { dueMs: this.options.clock.now() + decision.withinMs };
    this.#waiting.put(keyOfId(id), keyOfId(request), { status: 'pending', typename: '', ...due });
    if (due !== undefined) this.#deadlines.set(keyOfId(id), due.dueMs, request);
    return true;
  }

  /** Its message has been handled. Its reply may come later, or never. */
  handled(request: string, id: string): void {
    const waiting = this.#waiting.get(keyOfId(id), keyOfId(request));
    if (waiting !== undefined) this.#keep(request, id, waiting);
  }

  /** What a function has sent, that it did is durable; or what a rule has decided. */
  reply(request: string, id: string, argument: TypedValue): void {
    if (this.#decisionOf(request) !== undefined) return this.#decide(request, id, 'replied', argument);
    const state = ended('replied', argument);
    if (this.#end(request, id, state)) this.#tell(request, id, state);
  }

  /** It is not tried any more. */
  giveUp(request: string, id: string, argument: TypedValue, reason: string): void {
    if (this.#decisionOf(request) !== undefined) return this.#default(request, id);
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

  /** The log says what was decided. */
  restoreDecision(request: string, id: string, by: DecidedBy, argument: TypedValue): void {
    this.#end(request, id, ended(by, argument));
  }

  #decisionOf(request: string): Decision | undefined {
    return declaredFor(typeOfRequest(request), this.options.decisions);
  }

  #isOfRules(request: string): boolean {
    return this.#decisionOf(request)?.isOfRules === true;
  }

  /** Nobody has replied, in time or at all. */
  #default(request: string, id: string): void {
    const decision = this.#decisionOf(request);
    if (decision !== undefined) this.#decide(request, id, 'defaulted', decision.otherwise);
  }

  #decide(request: string, id: string, by: DecidedBy, argument: TypedValue): void {
    const state = ended(by, argument);
    if (!this.#end(request, id, state)) return;
    const target = { type: typeOfRequest(request), id };
    this.options.log.append({ kind: 'decided', target, request, by, argument }, () => this.#tell(request, id, state));
  }

  /** @returns false where nobody asked, or so long ago that it is forgotten; or it has its reply */
  #end(request: string, id: string, state: RequestState): boolean {
    const known = this.#known(request, id);
    if (known === undefined ? !this.#isOfRules(request) : known.status !== 'pending') return false;
    if (known?.dueMs !== undefined) this.#deadlines.cancel(keyOfId(id), known.dueMs, request);
    this.#keep(request, id, state);
    return true;
  }

  #known(request: string, id: string): RequestState | undefined {
    const [key, name] = [keyOfId(id), keyOfId(request)];
    return this.#waiting.get(key, name) ?? this.#states.get(key, name);
  }

  #keep(request: string, id: string, state: RequestState): void {
    this.#waiting.delete(keyOfId(id), keyOfId(request));
    this.#states.put(keyOfId(id), keyOfId(request), state);
  }

  #tell(request: string, id: string, state: EndState): void {
    const name = requestAt(request, id);
    const argument = valueOf(state);
    for (const listener of this.#listeners.get(name) ?? [])
      this.options.tell({ what: state.status, request, id, listener, argument });
    this.#listeners.delete(name);
  }
}

function ended(status: DecidedBy, { typename, hasValue, bytes }: TypedValue): EndState {
  return { status, typename, ...(hasValue ? { bytes } : {}) };
}

function failed(reason: string): EndState {
  return { status: 'failed', typename: '', bytes: Buffer.from(reason) };
}

function valueOf({ typename, bytes }: RequestState): TypedValue {
  return { typename, hasValue: bytes !== undefined, bytes: bytes ?? NOTHING.bytes };
}
