/** A time to live at work: stamps values and says which are expired. */
import type { Clock } from '../../common/clock.js';
import { Stamped } from '../codecs/stamped-codec.js';
import type { TimeToLive } from '../keyed-store.js';

export class Lifetime {
  readonly onRead: boolean;
  readonly #ms: number;

  constructor(
    ttl: TimeToLive,
    private readonly clock: Pick<Clock, 'now'>,
  ) {
    this.#ms = ttl.ms;
    this.onRead = ttl.onRead ?? false;
  }

  stamp<T>(value: T): Stamped<T> {
    return new Stamped(value, this.clock.now());
  }

  /** Expired from the instant `time + ms` on. A clock that went back makes nothing live longer than from then. */
  readonly isExpired = ({ time }: Pick<Stamped<unknown>, 'time'>): boolean => time + this.#ms <= this.clock.now();
}
