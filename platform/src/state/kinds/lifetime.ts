/** A time to live at work: stamps values and says which are expired. */
import type { Clock } from '../../common/clock.js';
import { Stamped } from '../codecs/stamped-codec.js';
import type { TimeToLive } from '../keyed-store.js';

export class Lifetime {
  /** @param ttl may change: it is looked at each time */
  constructor(
    private readonly ttl: TimeToLive,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  get onRead(): boolean {
    return this.ttl.onRead ?? false;
  }

  /** Nothing expires as long as that is so. */
  get isEndless(): boolean {
    return this.ttl.ms === Infinity;
  }

  stamp<T>(value: T): Stamped<T> {
    return new Stamped(value, this.clock.now());
  }

  /** Expired from the instant `time + ms` on. A clock that went back makes nothing live longer than from then. */
  readonly isExpired = ({ time }: Pick<Stamped<unknown>, 'time'>): boolean =>
    !this.isEndless && time + this.ttl.ms <= this.clock.now();
}
