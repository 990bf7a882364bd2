/**
 * What addresses of one type have failed with, over restarts: keyed state, put there for a checkpoint.
 *
 * Invariants
 * - A checkpoint has the attempts of each address that has failed, and whether it is parked; of one that goes well it has
 *   nothing.
 * - Where the job fails with its message nothing is kept: the job's restart is the next attempt, and begins anew.
 */
import type { FailureDescriptor } from '../job/function-node.js';
import { plainValueCodec } from '../state/codecs/plain-value-codec.js';
import type { KeyedStore, ValueState } from '../state/keyed-store.js';
import type { ActiveAddress, Trouble } from './active-address.js';
import { keyOfId } from './function-message.js';
import type { StatePlace } from './state-place.js';

type Address = Pick<ActiveAddress<unknown>, 'id' | 'failures' | 'failuresAlone' | 'life'>;

const TROUBLES = plainValueCodec<Trouble>();

export class AddressTroubles {
  readonly #kept: ValueState<Trouble>;
  /** Those whose trouble is another one than at the last checkpoint. */
  readonly #changed = new Map<string, Address>();

  constructor(
    store: KeyedStore,
    { owner, prefix }: StatePlace,
    private readonly then: FailureDescriptor['then'],
  ) {
    this.#kept = store.value({ owner, name: `${prefix}troubles`, codec: TROUBLES });
  }

  /** It has failed, is parked, is released, or goes well again. */
  note(address: Address): void {
    if (this.then !== 'fail') this.#changed.set(address.id, address);
  }

  /** Of a restored address. One is parked only where that is still said of its type. */
  restored(id: string): Trouble | undefined {
    const trouble = this.#kept.get(keyOfId(id));
    if (trouble === undefined || this.then === 'fail') return undefined;
    return { ...trouble, isParked: trouble.isParked && this.then === 'park' };
  }

  prepareSnapshot(): void {
    for (const [id, { failures, failuresAlone, life }] of this.#changed) {
      const isParked = life.state === 'parked';
      if (failures > 0 || isParked) this.#kept.put(keyOfId(id), { failures, failuresAlone, isParked });
      else this.#kept.delete(keyOfId(id));
    }
    this.#changed.clear();
  }
}
