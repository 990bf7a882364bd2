/**
 * Holds what functions put out against what the parcels of the input must lead to: each counts once at each address of its
 * route, or is a dead letter, once.
 */
import { isRefused, nextHop } from '../functions/parcel.js';
import type { OutputLine } from '../workload/probe-record.js';
import type { Violation } from './violation.js';

export interface ExpectedCalls {
  /** Parcels by their names, with the address that counts them. */
  readonly counted: ReadonlyMap<string, string>;
  readonly letters: ReadonlySet<string>;
}

/** @param events those that functions are sent, by `SPLIT@OFFSET`: the addresses that its parcel goes to */
export function expectCalls(events: ReadonlyMap<string, readonly string[]>): ExpectedCalls {
  const counted = new Map<string, string>();
  const letters = new Set<string>();
  for (const [event, route] of events) {
    let parcel = event;
    for (const address of route) {
      if (isRefused(parcel)) {
        letters.add(parcel);
        break;
      }
      counted.set(parcel, address);
      parcel = nextHop(parcel);
    }
  }
  return { counted, letters };
}

export type CallLine = Extract<OutputLine, readonly ['call' | 'letter', ...unknown[]]>;

export class CallsCheck {
  readonly #counted = new Set<string>();
  readonly #letters = new Set<string>();
  /** The last count of each address. */
  readonly #counts = new Map<string, number>();

  constructor(
    private readonly expected: ExpectedCalls,
    private readonly violate: (property: Violation['property'], message: string) => void,
  ) {}

  line(line: CallLine): void {
    if (line[0] === 'letter') return this.#letter(line[1]);
    const [, address, count, parcel] = line;
    if (this.expected.counted.get(parcel) !== address)
      this.violate('exactly-once', `nobody expected ${line.join(' ')}`);
    if (this.#counted.has(parcel)) this.violate('exactly-once', `${line.join(' ')}: ${parcel} came twice`);
    this.#counted.add(parcel);
    const last = this.#counts.get(address) ?? 0;
    if (count !== last + 1)
      this.violate(count > last ? 'exactly-once' : 'order', `call ${count} of ${address} came behind ${last}`);
    this.#counts.set(address, count);
  }

  /** What is missing at the end; undefined: nothing. */
  missing(): string | undefined {
    for (const parcel of this.expected.counted.keys()) if (!this.#counted.has(parcel)) return `the parcel ${parcel}`;
    for (const parcel of this.expected.letters) if (!this.#letters.has(parcel)) return `the dead letter of ${parcel}`;
    return undefined;
  }

  #letter(parcel: string): void {
    if (!this.expected.letters.has(parcel)) this.violate('exactly-once', `${parcel} is a dead letter`);
    if (this.#letters.has(parcel)) this.violate('exactly-once', `the dead letter of ${parcel} came twice`);
    this.#letters.add(parcel);
  }
}
