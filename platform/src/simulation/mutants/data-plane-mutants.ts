/** Planted bugs of channels, gates, tasks, state and time. */
import { CreditOutputChannel } from '../../network/credit/credit-output.js';
import { CreditPool } from '../../network/credit/credit-pool.js';
import { readPacket, writePacket } from '../../network/credit/packet.js';
import { BarrierAligner } from '../../network/barrier-aligner.js';
import { InFlightLog } from '../../network/in-flight-log.js';
import { InputGate } from '../../network/input-gate.js';
import type { RecordWriter } from '../../network/record-writer.js';
import type { Operator } from '../../operators/operator.js';
import { KeyedMatchStore } from '../../operators/rule/keyed-match-store.js';
import { PatternOperator } from '../../operators/rule/pattern-operator.js';
import { SourceOperator } from '../../operators/source/source-operator.js';
import { HeapKeyedStore } from '../../state/heap/heap-keyed-store.js';
import type { HeapSnapshot } from '../../state/heap/heap-snapshot.js';
import type { KeyedSnapshot } from '../../state/keyed-snapshot.js';
import type { KeyedStoreOptions } from '../../state/state-backend.js';
import { TimerHeap } from '../../state/kinds/timer-heap.js';
import { OperatorChain } from '../../task/operator-chain.js';
import { SourceProgress } from '../../task/source-progress.js';
import { SourceTask } from '../../task/source-task.js';
import { StagedEpochs } from '../../task/staged-epochs.js';
import { MAX_WATERMARK } from '../../time/watermark.js';
import { WatermarkValve } from '../../time/watermark-valve.js';
import { replaceMethod, type Mutant } from './mutant.js';

/** What a credit channel's end knows of its attempt. */
interface WithAttempt {
  readonly attempt: number;
}

/** What an aligner knows of its channels. */
interface WithFeedback {
  readonly feedback: readonly boolean[];
}

/** What a chain is made of. */
interface ChainParts {
  readonly operators: readonly Operator[];
  readonly writers: readonly RecordWriter[];
}

const CREDIT_TOO_MUCH = 8;

function* noDues(): Generator<never> {}

export const DATA_PLANE_MUTANTS: readonly Mutant[] = [
  {
    name: 'no-alignment',
    description: 'A gate goes on reading channels whose barrier has come.',
    firstSeed: 61,
    seedsMax: 40,
    plant: () => replaceMethod(BarrierAligner, 'isBlocked', () => () => false),
  },
  {
    name: 'in-flight-forgotten',
    description: 'What an overtaking barrier went past is not noted.',
    seedsMax: 40,
    plant: () => replaceMethod(InFlightLog, 'note', () => () => undefined),
  },
  {
    name: 'in-flight-not-restored',
    description: 'A restored gate does not get what was in flight.',
    seedsMax: 40,
    plant: () => replaceMethod(InputGate, 'recover', () => () => undefined),
  },
  {
    name: 'loop-not-captured',
    description:
      'What goes round a loop between the snapshot of its head and the barrier that comes back is not noted.',
    seedsMax: 100,
    plant: () =>
      replaceMethod(BarrierAligner, 'isCapturing', (original) => {
        return function (this: BarrierAligner, channel): boolean {
          const { feedback } = this as unknown as WithFeedback;
          return !feedback[channel]! && original.call(this, channel);
        };
      }),
  },
  {
    name: 'early-loop-barrier-not-awaited',
    description:
      'The head of a loop goes on reading a feedback channel whose barrier has come before its own snapshot.',
    firstSeed: 230,
    seedsMax: 120,
    plant: () =>
      replaceMethod(BarrierAligner, 'isBlocked', (original) => {
        return function (this: BarrierAligner, channel): boolean {
          const { feedback } = this as unknown as WithFeedback;
          return !feedback[channel]! && original.call(this, channel);
        };
      }),
  },
  {
    name: 'first-barrier-counts-for-all',
    description: 'Where barriers do not wait for each other, the first one is taken for the last.',
    seedsMax: 60,
    plant: () =>
      replaceMethod(BarrierAligner, 'reached', (original) => {
        return function (this: BarrierAligner, channel, barrier) {
          if (barrier.alignment.mode !== 'none') return original.call(this, channel, barrier);
          const { feedback } = this as unknown as WithFeedback;
          return feedback.flatMap((_, each) => original.call(this, each, barrier));
        };
      }),
  },
  {
    name: 'credit-without-measure',
    description: 'A credit channel believes that it has more credit than it was given.',
    seedsMax: 20,
    plant: () =>
      replaceMethod(CreditOutputChannel, 'receive', (original) => {
        return function (this: CreditOutputChannel, bytes: Uint8Array): boolean {
          const { attempt } = this as unknown as WithAttempt;
          const packet = readPacket(bytes, attempt);
          const isCredit = packet?.kind === 'credit';
          return original.call(
            this,
            isCredit ? writePacket({ ...packet, limit: packet.limit + CREDIT_TOO_MUCH }, attempt) : bytes,
          );
        };
      }),
  },
  {
    name: 'credit-given-back-twice',
    description: 'A pool takes a credit that comes back for two.',
    seedsMax: 40,
    plant: () =>
      replaceMethod(CreditPool, 'give', (original) => {
        return function (this: CreditPool, credits: number): void {
          original.call(this, credits * 2);
        };
      }),
  },
  {
    name: 'watermark-before-timers',
    description: 'A task sends a watermark on before its operators have made of it what is due.',
    seedsMax: 10,
    plant: () =>
      replaceMethod(OperatorChain, 'watermark', () => {
        return function (this: OperatorChain, watermark: number): void {
          const { operators, writers } = this as unknown as ChainParts;
          for (const writer of writers) writer.control({ kind: 'watermark', watermark });
          for (const operator of operators) operator.watermark(watermark);
        };
      }),
  },
  {
    name: 'watermark-of-any-channel',
    description: 'An operator takes the watermark of the channel that is furthest for its own.',
    seedsMax: 20,
    plant: () => replaceMethod(WatermarkValve, 'watermark', () => (_channel, watermark) => watermark),
  },
  {
    name: 'watermark-not-restored',
    description: 'A restored split begins without the watermark that it had reached.',
    firstSeed: 70,
    seedsMax: 100,
    plant: () =>
      replaceMethod(SourceOperator, 'addSplit', (original) => {
        return function (this: SourceOperator, id: string): void {
          original.call(this, id);
        };
      }),
  },
  {
    name: 'late-snapshot',
    description: 'A keyed store is read when its snapshot is written, and not at the barrier.',
    firstSeed: 40,
    seedsMax: 40,
    plant: () =>
      replaceMethod(HeapKeyedStore, 'snapshot', (original) => {
        return function (this: HeapKeyedStore, barrier): HeapSnapshot {
          const { yieldToEventLoop } = (this as unknown as { readonly options: KeyedStoreOptions }).options;
          const late: KeyedSnapshot = {
            persist: async (target) => {
              await yieldToEventLoop();
              return original.call(this, barrier).persist(target);
            },
            release: () => undefined,
          };
          return late as HeapSnapshot;
        };
      }),
  },
  {
    name: 'position-before-the-batch',
    description: 'A source keeps the position before the last record that it has sent.',
    seedsMax: 20,
    plant: () =>
      replaceMethod(SourceProgress, 'prepareSnapshot', (original) => {
        return function (this: SourceProgress, positions, operator) {
          const back = positions.map((split) => ({ ...split, offset: Math.max(0, (split.offset ?? 0) - 1) }));
          return original.call(this, back, operator);
        };
      }),
  },
  {
    name: 'ended-splits-forgotten',
    description: 'A checkpoint does not tell which splits have ended: a restored source reads them anew.',
    seedsMax: 60,
    plant: () => replaceMethod(SourceProgress, 'endSplit', () => () => undefined),
  },
  {
    name: 'timer-fires-early',
    description: 'The heap of timers takes a timer for due that is not.',
    seedsMax: 10,
    plant: () =>
      replaceMethod(TimerHeap, 'peek', (original) => {
        return function (this: TimerHeap) {
          const timer = original.call(this);
          return timer === undefined || timer.time >= MAX_WATERMARK
            ? timer
            : Object.assign(timer, { time: timer.time - 1 });
        };
      }),
  },
  {
    name: 'waiting-events-forgotten',
    description: 'Events that wait for the watermark before a pattern sees them are not in the snapshot.',
    seedsMax: 60,
    plant: () => replaceMethod(PatternOperator, 'prepareSnapshot', () => () => undefined),
  },
  {
    name: 'windows-not-restored',
    description: 'A restored pattern operator does not know when the windows of its partial matches end.',
    seedsMax: 200,
    plant: () => replaceMethod(KeyedMatchStore, 'dues', () => noDues),
  },
  {
    name: 'older-epochs-forgotten',
    description: 'A checkpoint holds the youngest staged epoch only.',
    firstSeed: 60,
    seedsMax: 100,
    plant: () =>
      replaceMethod(StagedEpochs, 'all', (original) => {
        return function (this: StagedEpochs) {
          return original.call(this).slice(-1);
        };
      }),
  },
  {
    name: 'epochs-committed-too-soon',
    description: 'When a checkpoint completes, all staged epochs are committed, those of younger checkpoints too.',
    seedsMax: 40,
    plant: () =>
      replaceMethod(StagedEpochs, 'checkpointComplete', (original) => {
        return function (this: StagedEpochs): void {
          original.call(this, Number.MAX_SAFE_INTEGER);
        };
      }),
  },
  {
    name: 'last-barrier-overtakes',
    description: 'The barrier behind which the sources end overtakes what is in flight.',
    seedsMax: 20,
    plant: () =>
      replaceMethod(SourceTask, 'receive', (original) => {
        return function (this: SourceTask, mail): void {
          const isLast = mail.kind === 'trigger-checkpoint' && mail.barrier.then !== 'continue';
          original.call(
            this,
            isLast ? { ...mail, barrier: { ...mail.barrier, alignment: { mode: 'unaligned' } } } : mail,
          );
        };
      }),
  },
];
