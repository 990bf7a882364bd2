/**
 * Where a group of functions and those who ask from outside meet: takes what is asked, sends it to the subtask that has the
 * address, and tells what came of it. It also keeps the group's side of the log of invocations.
 *
 * Invariants
 * - What comes from outside waits here until the task takes it: it is never acted on within a step.
 */
import type { Address, InvocationOutcome, TypedValue } from '@tidegate/functions-sdk/protocol';
import { FUNCTIONS } from '../../job/function-node.js';
import { plainValueCodec } from '../../state/codecs/plain-value-codec.js';
import type { KeyedStore } from '../../state/keyed-store.js';
import type { OperatorListState } from '../../state/operator-state/operator-list-state.js';
import type { OperatorStateStore } from '../../state/operator-state/operator-state-store.js';
import type { FunctionMessage } from '../function-message.js';
import { requestOf } from '../message-id.js';
import { AppliedMessages } from './applied-messages.js';
import type { Decision } from './decision.js';
import type { InvocationLog, LogPosition } from './invocation-log.js';
import type { LoggedClient } from './logged-client.js';
import {
  askedMessage,
  hasReply,
  readRequestMessage,
  requestAt,
  requestName,
  toldMessage,
  type AskKind,
  type ToldKind,
  type ToldRequest,
} from './request-messages.js';
import { RequestTable } from './request-table.js';

/** What somebody asks of an instance of a function. */
export interface FunctionRequest {
  readonly how: AskKind;
  readonly target: Address;
  /** The same for each repetition. */
  readonly key: string;
  readonly argument: TypedValue;
  /** Where the trace of who asks stands. */
  readonly traceparent?: string | undefined;
}

export interface RequestOutcome {
  readonly what: ToldKind;
  readonly argument: TypedValue;
}

/** What who listens for requests sees of a group. */
export interface RequestCounter {
  /** @returns takes it back: nothing is told any more */
  ask(request: FunctionRequest, told: (outcome: RequestOutcome) => void): () => void;
  /** Whether more may be asked now. */
  readonly hasRoom: boolean;
}

export interface RequestDeskOptions {
  readonly store: KeyedStore;
  readonly operators: OperatorStateStore;
  readonly log: InvocationLog;
  readonly client: LoggedClient;
  readonly keptMs: number;
  readonly clock: { now(): number };
  readonly decisions: ReadonlyMap<string, Decision>;
  isOwn(id: string): boolean;
  deliver(message: FunctionMessage): void;
  forward(message: FunctionMessage): void;
  hasRoom(): boolean;
  wake(): void;
  /** What the body sends is in the trace of who asks, or in one of its own, if it is followed. Absent: nothing is. */
  follow?(traceparent: string | undefined, body: () => void): void;
}

interface Waiting {
  readonly how: AskKind;
  readonly told: (outcome: RequestOutcome) => void;
}

const POSITIONS = plainValueCodec<LogPosition>();

export class RequestDesk implements RequestCounter {
  readonly applied: AppliedMessages;
  readonly table: RequestTable;
  /** An id that this subtask has, so that what is told finds its way back. */
  readonly #listener: string;
  readonly #positions: OperatorListState<LogPosition>;
  readonly #waiting = new Map<string, Set<Waiting>>();
  #asked: { readonly request: FunctionRequest; readonly waiting: Waiting }[] = [];

  constructor(private readonly options: RequestDeskOptions) {
    const { store, operators, log, keptMs, clock, decisions, isOwn } = options;
    this.applied = new AppliedMessages(operators, isOwn);
    this.#positions = positionsOf(operators);
    this.table = new RequestTable({
      ...{ store, log, keptMs, clock, decisions },
      deliver: (message) => options.deliver(message),
      tell: (told) => this.#tell(told),
    });
    let number = 0;
    while (!isOwn(`listener ${number}`)) number++;
    this.#listener = `listener ${number}`;
  }

  get hasRoom(): boolean {
    return this.options.hasRoom();
  }

  ask(request: FunctionRequest, told: (outcome: RequestOutcome) => void): () => void {
    const waiting = { how: request.how, told };
    this.#asked.push({ request, waiting });
    this.options.wake();
    return () => {
      const name = requestAt(nameOf(request), request.target.id);
      const all = this.#waiting.get(name);
      if (all?.delete(waiting) === true && all.size === 0) this.#waiting.delete(name);
      this.#asked = this.#asked.filter((asked) => asked.waiting !== waiting);
    };
  }

  /** Acts on what has come since the last time. @returns whether anything had */
  settle(): boolean {
    const isTold = this.options.log.settle();
    if (this.#asked.length === 0) return isTold;
    const asked = this.#asked;
    this.#asked = [];
    const { follow } = this.options;
    for (const { request, waiting } of asked)
      if (follow === undefined || !this.#begins(request)) this.#ask(request, waiting);
      else follow(request.traceparent, () => this.#ask(request, waiting));
    return true;
  }

  /** Whether the message was about requests, and no function's. */
  takes(message: FunctionMessage): boolean {
    const read = readRequestMessage(message);
    switch (read?.kind) {
      case undefined:
        return false;
      case 'asked':
        this.table.ask(read.asked);
        return true;
      case 'told':
        this.#told(read.told);
        return true;
      case 'reply':
        this.table.reply(read.request, read.id, read.argument);
        return true;
    }
  }

  /** Somebody has sent an event that is to be decided, and it is on its way through the graph. */
  arrived({ type, id }: Address): void {
    this.table.arrive(requestName(type, id), id);
  }

  /** An alert is what is decided of it. */
  decided({ type, id }: Address, argument: TypedValue): void {
    this.table.reply(requestName(type, id), id, argument);
  }

  /** What the log has of a call has come about. */
  done(outcome: InvocationOutcome): void {
    this.options.client.applied(outcome);
  }

  /** Calls with these messages have come about. */
  handled(id: string, messages: readonly Pick<FunctionMessage, 'messageId'>[]): void {
    for (const { messageId } of messages) {
      const request = requestOf(messageId);
      if (request !== undefined) this.table.handled(request, id);
    }
  }

  /** Whether somebody waits for what comes of the message: they are told. */
  giveUp({ id }: Address, { messageId, argument }: Omit<FunctionMessage, 'target'>, reason: string): boolean {
    const request = requestOf(messageId);
    if (request === undefined || !hasReply(request)) return false;
    this.table.giveUp(request, id, argument, reason);
    return true;
  }

  prepareSnapshot(checkpoint: number, nowMs: number): void {
    this.applied.prepareSnapshot(nowMs);
    this.#positions.update([this.options.log.position(checkpoint, this.options.client.unapplied)]);
  }

  complete(checkpoint: number): void {
    this.options.log.complete(checkpoint);
  }

  close(): Promise<void> {
    return this.options.log.close();
  }

  /** Whether a message comes of it. */
  #begins({ how, target: { type } }: FunctionRequest): boolean {
    return how !== 'look' && this.options.decisions.get(type)?.isOfRules !== true;
  }

  #ask(asked: FunctionRequest, waiting: Waiting): void {
    const { how, target, argument } = asked;
    const { id } = target;
    const request = nameOf(asked);
    const name = requestAt(request, id);
    const others = this.#waiting.get(name);
    if (others === undefined) this.#waiting.set(name, new Set([waiting]));
    else others.add(waiting);
    const message = { how, request, id, listener: this.#listener, argument };
    if (this.options.isOwn(id)) this.table.ask(message);
    else this.options.forward(askedMessage(message));
  }

  #tell(told: ToldRequest): void {
    if (told.listener === this.#listener) this.#told(told);
    else this.options.forward(toldMessage(told));
  }

  #told({ what, request, id, argument }: ToldRequest): void {
    const name = requestAt(request, id);
    const waiting = this.#waiting.get(name);
    for (const one of waiting ?? []) {
      // Who waits for the reply is not content with less.
      if (what === 'accepted' && one.how === 'call') continue;
      waiting!.delete(one);
      one.told({ what, argument });
    }
    if (waiting?.size === 0) this.#waiting.delete(name);
  }
}

function nameOf({ how, target: { type }, key }: FunctionRequest): string {
  return requestName(type, key, how !== 'leave');
}

/** What a checkpoint knows of the logs of its attempt. */
export function positionsOf(operators: OperatorStateStore): OperatorListState<LogPosition> {
  return operators.list({ owner: FUNCTIONS, name: 'invocations', codec: POSITIONS }, 'union');
}
