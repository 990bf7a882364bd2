/**
 * Where ingresses, whose senders wait for what is decided of their events, meet the functions' subtask of their slot, which knows
 * what was decided, or asks the one that does.
 *
 * Invariants
 * - Who waits when the subtask goes is told so, and nobody is asked before the next one has come.
 */
import type { Decided, Decisions } from '@tidegate/connectors/api';
import type { RequestCounter, RequestOutcome } from '../../../functions/requests/request-desk.js';
import { NOTHING } from '../../../functions/requests/request-messages.js';
import type { RequestServer } from '../../../functions/requests/request-server.js';
import { decisionType } from '../../../job/function-node.js';

const LOST: Decided = { kind: 'lost' };

export class IngressDecisions implements RequestServer {
  #counter: RequestCounter | undefined;
  readonly #waiting = new Set<() => void>();

  serve(counter: RequestCounter): void {
    this.#counter = counter;
  }

  close(): Promise<void> {
    this.#counter = undefined;
    for (const giveBack of [...this.#waiting]) giveBack();
    return Promise.resolve();
  }

  /** What an ingress is given. */
  of(ingress: string): Decisions {
    const isOpen = (): boolean => this.#counter?.hasRoom === true;
    return {
      get isOpen() {
        return isOpen();
      },
      ask: (request, how) => this.#ask(decisionType(ingress), request, how === 'wait' ? 'call' : 'look'),
    };
  }

  #ask(type: string, request: string, how: 'call' | 'look'): Promise<Decided> {
    const counter = this.#counter;
    if (counter === undefined) return Promise.resolve(LOST);
    return new Promise((resolve) => {
      const end = (decided: Decided): void => {
        this.#waiting.delete(giveBack);
        resolve(decided);
      };
      const asked = { how, target: { type, id: request }, key: request, argument: NOTHING };
      const takeBack = counter.ask(asked, (outcome) => end(decidedOf(outcome)));
      const giveBack = (): void => {
        takeBack();
        end(LOST);
      };
      this.#waiting.add(giveBack);
    });
  }
}

function decidedOf({ what, argument: { bytes } }: RequestOutcome): Decided {
  switch (what) {
    case 'replied':
      return { kind: 'decided', by: 'rule', body: bytes };
    case 'defaulted':
      return { kind: 'decided', by: 'default', body: bytes };
    case 'accepted':
      return { kind: 'pending' };
    case 'unknown':
    case 'failed':
      return { kind: 'unknown' };
  }
}
