/** Planted bugs of stateful functions. */
import type { DelayedMessage } from '@tidegate/functions-sdk/protocol';
import type { Clock } from '../../common/clock.js';
import { AddressBacklog } from '../../functions/address-backlog.js';
import { BusyAddresses } from '../../functions/busy-addresses.js';
import { DelayedMessages } from '../../functions/delayed-messages.js';
import { EffectsApplier } from '../../functions/effects.js';
import { FunctionGroup } from '../../functions/function-group.js';
import { FunctionState } from '../../functions/function-state.js';
import { InputGate } from '../../network/input-gate.js';
import { ProcessingTime } from '../../functions/processing-time.js';
import { replaceGetter, replaceMethod, type Mutant } from './mutant.js';

function* nothing(): Generator<never> {}

const isCancel = ({ kind }: DelayedMessage): boolean => kind === 'cancel';

export const FUNCTION_MUTANTS: readonly Mutant[] = [
  {
    name: 'messages-removed-when-called',
    description: 'A message leaves its backlog when its function is called, and not when the answer is applied.',
    seedsMax: 60,
    plant: () => {
      const { remove } = AddressBacklog.prototype;
      const keepPeek = replaceMethod(AddressBacklog, 'peek', (original) => {
        return function (this: AddressBacklog, id, countMax, bytesMax) {
          const messages = original.call(this, id, countMax, bytesMax);
          remove.call(this, id, messages);
          return messages;
        };
      });
      const keepRemove = replaceMethod(AddressBacklog, 'remove', (original) => {
        return function (this: AddressBacklog, id) {
          return original.call(this, id, []);
        };
      });
      return () => {
        keepPeek();
        keepRemove();
      };
    },
  },
  {
    name: 'backlog-not-woken',
    description: 'Messages that waited in a restored backlog are called for only when another one comes.',
    firstSeed: 40,
    seedsMax: 60,
    plant: () => replaceMethod(AddressBacklog, 'all', () => nothing),
  },
  {
    name: 'waiting-messages-in-no-checkpoint',
    description: 'Messages that wait in memory are not put into the state that a checkpoint takes.',
    seedsMax: 60,
    plant: () => replaceMethod(AddressBacklog, 'prepareSnapshot', () => () => undefined),
  },
  {
    name: 'batch-kept-in-part',
    description: 'The last message of a batch stays in the backlog when its answer has been applied.',
    seedsMax: 60,
    plant: () =>
      replaceMethod(BusyAddresses, 'done', (original) => {
        return function (this: BusyAddresses, address, messages): void {
          original.call(this, address, messages.slice(0, Math.max(1, messages.length - 1)));
        };
      }),
  },
  {
    name: 'state-of-the-answer-dropped',
    description: 'What a function changed in its state is not kept.',
    seedsMax: 60,
    plant: () => replaceMethod(FunctionState, 'apply', () => () => undefined),
  },
  {
    name: 'registered-state-forgotten',
    description: 'A restored function is not given the state that it had registered.',
    seedsMax: 200,
    plant: () =>
      replaceMethod(FunctionState, 'read', (original) => {
        const seen = new WeakSet<FunctionState>();
        return function (this: FunctionState, id) {
          const values = original.call(this, id);
          if (seen.has(this)) return values;
          seen.add(this);
          return values.map(({ name }) => ({ name, value: undefined }));
        };
      }),
  },
  {
    name: 'cancellation-ignored',
    description: 'A delayed message that is taken back is sent all the same.',
    seedsMax: 60,
    plant: () =>
      replaceMethod(DelayedMessages, 'apply', (original) => {
        return function (this: DelayedMessages, self, delayed, nowMs): void {
          original.call(
            this,
            self,
            delayed.filter((message) => !isCancel(message)),
            nowMs,
          );
        };
      }),
  },
  {
    name: 'effects-before-they-are-checked',
    description: 'Messages of an answer are sent even if the call counts as failed.',
    seedsMax: 60,
    plant: () =>
      replaceMethod(EffectsApplier, 'apply', (original) => {
        let calls = 0;
        return function (this: EffectsApplier, type, id, effects, nowMs) {
          const unfit = original.call(this, type, id, effects, nowMs);
          return ++calls % 50 === 0 ? 'it is looked at too late' : unfit;
        };
      }),
  },
  {
    name: 'job-ends-before-its-functions',
    description: 'A job takes itself for done while functions are called, or have messages that wait.',
    seedsMax: 60,
    plant: () => replaceGetter(FunctionGroup, 'isBusy', () => false),
  },
  {
    name: 'retries-by-the-wall-clock',
    description: 'What waits for its next attempt waits until the wall clock says so, which may have been set back.',
    firstSeed: 54_480,
    seedsMax: 40,
    plant: () =>
      replaceMethod(ProcessingTime, 'now', () => {
        return function (this: ProcessingTime): number {
          const { clock } = this as unknown as { readonly clock: Clock };
          return clock.now();
        };
      }),
  },
  {
    name: 'parked-messages-hold-up-others',
    description: 'Messages that a parked address keeps count against the budget of those that wait.',
    firstSeed: 180,
    seedsMax: 40,
    plant: () => replaceMethod(AddressBacklog, 'bytes', () => () => 0),
  },
  {
    name: 'calls-before-what-was-in-flight',
    description: 'Functions are called while messages that were in flight wait to come in again.',
    firstSeed: 5750,
    seedsMax: 20,
    plant: () => replaceGetter(InputGate, 'isHolding', () => false),
  },
];
