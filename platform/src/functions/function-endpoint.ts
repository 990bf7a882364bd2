/**
 * An endpoint as the dispatcher sees it: which addresses wait for a request, and how many requests may be under way.
 *
 *     asking ── described, or not ──▶ open ⇄ resting (not there, or throttled)
 *
 * Invariants
 * - Addresses are called in the order in which they became ready, those of a higher priority before all others. One whose type
 *   may not be called for now stands aside. Nothing waits for more to share its request: a request
 *   takes what is ready when it may go, so requests grow with the load.
 * - The first call of a type whose state is not known goes alone, so that it is not learnt from a thousand answers.
 */
import type { EndpointDescription } from '@tidegate/functions-sdk/protocol';
import type { EndpointDescriptor } from '../job/function-endpoint.js';
import type { ActiveAddress } from './active-address.js';
import type { CallFailure } from './function-client.js';
import type { FunctionTypeState } from './function-type-state.js';
import { RequestSlots } from './request-slots.js';
import { WaitingLine } from './waiting-line.js';

type Address = ActiveAddress<FunctionTypeState>;

export class FunctionEndpoint {
  /** Ready addresses, by the priority of their types, the highest first. */
  readonly #lines: { readonly priority: number; readonly line: WaitingLine<Address> }[] = [];
  readonly #slots: RequestSlots;
  #underWay = 0;
  #isOpen = false;
  #isUnknown = false;
  /** Whether a request may have batches of several addresses. */
  #isSharing = false;
  /** Unavailable so often in a row. */
  failures = 0;
  /** Of the group's clock; -Infinity: it does not rest. */
  restsUntil = -Infinity;

  constructor(readonly descriptor: EndpointDescriptor) {
    this.#slots = new RequestSlots(descriptor.requestsMax);
  }

  get requestsUnderWay(): number {
    return this.#underWay;
  }

  get waiting(): number {
    let waiting = 0;
    for (const { line } of this.#lines) waiting += line.length;
    return waiting;
  }

  get isSharing(): boolean {
    return this.#isSharing;
  }

  /** @param told what its types have been registered from already */
  open(told: EndpointDescription | CallFailure): void {
    this.#isOpen = true;
    // It was not there to be asked.
    this.#isUnknown = 'kind' in told && told.status === undefined;
    this.#isSharing = !('kind' in told) && told.extensions.sharedRequests !== undefined;
  }

  add(address: Address): void {
    this.#lineOf(address.type.descriptor.priority ?? 0).add(address);
  }

  canCall(nowMs: number): boolean {
    return this.#isOpen && this.#underWay < this.#slots.count && nowMs >= this.restsUntil && this.waiting > 0;
  }

  /** The next address that may be called now. @param isFirst whether the request has no other yet */
  next(isFirst: boolean, nowMs: number): Address | undefined {
    for (const { line } of this.#lines)
      for (let address = line.first; address !== undefined; address = line.first) {
        const { type } = address;
        if (type.knowledge === 'asked') type.held.push(line.take());
        else if (!type.mayCall(nowMs)) type.aside.add(line.take());
        else if (type.knowledge === 'none' && !isFirst) return undefined;
        else return line.take();
      }
    return undefined;
  }

  #lineOf(priority: number): WaitingLine<Address> {
    const found = this.#lines.find((one) => one.priority === priority);
    if (found !== undefined) return found.line;
    const line = new WaitingLine<Address>();
    this.#lines.push({ priority, line });
    this.#lines.sort((one, other) => other.priority - one.priority);
    return line;
  }

  requestBegins(): void {
    this.#underWay++;
  }

  requestEnds(): void {
    this.#underWay--;
  }

  /** It may be called again, if its time has come. */
  wake(nowMs: number): void {
    if (this.restsUntil <= nowMs) this.restsUntil = -Infinity;
  }

  /**
   * It has answered a request, which has ended.
   * @param messages of the request
   * @returns whether it is to be asked again what it is, as it was not there before
   */
  serves(messages: number, tookMs: number): boolean {
    this.failures = 0;
    this.#slots.answered(messages, tookMs, this.#underWay + 1 >= this.#slots.count && this.waiting > 0);
    const isUnknown = this.#isUnknown;
    this.#isUnknown = false;
    return isUnknown;
  }

  rest(untilMs: number, isThrottled: boolean): void {
    this.failures++;
    this.restsUntil = Math.max(this.restsUntil, untilMs);
    if (isThrottled) this.#slots.throttle();
  }
}
