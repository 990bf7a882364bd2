/**
 * The server of functions as a task's client meets it: it takes its time, is away now and then, loses answers when
 * everything was done, throttles, and refuses what its functions cannot take.
 *
 * Invariants
 * - `FunctionClient`'s: an answer comes once, never from within the call, and never for a call that was cancelled or whose
 *   process is gone.
 */
import type { EndpointDescription, Invocation, InvocationBatch } from '@tidegate/functions-sdk/protocol';
import type { CallFailure, CallOutcome, Cancel, FunctionClient } from '../../functions/function-client.js';
import type { EndpointDescriptor } from '../../job/function-endpoint.js';
import type { SeededRandom } from '../kernel/seeded-random.js';
import type { SimulatedProcess } from '../kernel/simulated-process.js';
import { hashOf, isRefused, PARCEL, readParcel } from './parcel.js';
import { ACCOUNT, ACCOUNT_STATE, CELLAR, invoke } from './probe-functions.js';

const LATENCY_MS = { min: 0.1, max: 6 };
/** Shares of the requests. */
const AWAY = 0.01;
const THROTTLED = 0.01;
const NOT_READY = 0.01;
/** Shares of the batches. */
const LOST = 0.02;
const AFTER_MS = 30;

const DESCRIPTION = {
  protocol: 'io.statefun.sdk.reqreply',
  functions: [
    {
      type: ACCOUNT,
      state: [{ name: ACCOUNT_STATE.name, type: ACCOUNT_STATE.typename }],
      accepts: [],
      acceptsOthers: true,
    },
  ],
  limits: { maxBodyBytes: 1 << 20 },
  extensions: { sharedRequests: { contentType: 'application/x-shared' } },
} satisfies EndpointDescription;

export class SimulatedFunctionClient implements FunctionClient {
  #isClosed = false;

  /**
   * @param describes whether it says what its functions are, and takes several addresses in a request
   * @param lost of the world, as attempts are remembered over restarts: what was the first in a batch whose answer was lost
   */
  constructor(
    private readonly process: SimulatedProcess,
    private readonly random: SeededRandom,
    private readonly describes: boolean,
    private readonly lost: Set<string>,
  ) {}

  call(
    _endpoint: EndpointDescriptor,
    batches: readonly InvocationBatch[],
    done: (outcomes: readonly CallOutcome[]) => void,
  ): Cancel {
    return this.#answer(() => {
      const whole = this.#failureOfAll();
      done(batches.map((batch) => whole ?? this.#outcomeOf(batch)));
    });
  }

  describe(_endpoint: EndpointDescriptor, done: (told: EndpointDescription | CallFailure) => void): Cancel {
    return this.#answer(() => {
      if (this.random.chance(AWAY)) return done(failure({ unreachable: true }));
      done(this.describes ? DESCRIPTION : failure({ status: 405, retriable: false }));
    });
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return Promise.resolve();
  }

  #answer(give: () => void): Cancel {
    const cancel = this.process.schedule(this.random.between(LATENCY_MS.min, LATENCY_MS.max), () => {
      if (!this.#isClosed) give();
    });
    return cancel;
  }

  #failureOfAll(): CallFailure | undefined {
    const dice = this.random.next();
    if (dice < AWAY) return failure({ unreachable: true });
    if (dice < AWAY + THROTTLED) return failure({ status: 429, retryAfterMs: AFTER_MS });
    return dice < AWAY + THROTTLED + NOT_READY ? failure({ status: 503 }) : undefined;
  }

  #outcomeOf(batch: InvocationBatch): CallOutcome {
    const { target, invocations } = batch;
    if (target.type === CELLAR) return failure({ status: 500, retriable: false });
    const place = invocations.findIndex(isRefusedHere);
    if (place >= 0) return refusal(readParcel(invocations[place]!.argument!).id, place);
    const outcome = invoke(batch);
    return this.#isLost(batch) ? failure({}) : outcome;
  }

  /** Not twice with the same message in front, so that none is given up for it. */
  #isLost({ target, invocations }: InvocationBatch): boolean {
    if (!this.random.chance(LOST)) return false;
    const message = `${target.type} ${target.id} ${Buffer.from(invocations[0]!.argument!.bytes).toString()}`;
    if (this.lost.has(message)) return false;
    this.lost.add(message);
    return true;
  }
}

function isRefusedHere({ argument }: Invocation): boolean {
  return argument!.typename === PARCEL && isRefused(readParcel(argument!).id);
}

/** For good or not, and with its place in the batch or not: as the function's side happens to say it. */
function refusal(parcel: string, place: number): CallFailure {
  const hash = hashOf(parcel, 4);
  return failure({ status: 500, retriable: hash % 2 === 0, ...(hash % 3 === 0 ? {} : { invocation: place }) });
}

function failure(how: Partial<CallFailure>): CallFailure {
  return { kind: 'failure', retriable: true, message: 'it went wrong', ...how };
}
