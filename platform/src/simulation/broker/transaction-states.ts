/** The life of a transactional id at the broker, as Apache Kafka's TransactionState has it. */
import type { TransitionTable } from '../../common/transition-table.js';

export type TransactionState =
  'empty' | 'ongoing' | 'prepare-commit' | 'prepare-abort' | 'complete-commit' | 'complete-abort';

export const TRANSACTION_TRANSITIONS: TransitionTable<TransactionState> = {
  empty: ['ongoing'],
  ongoing: ['prepare-commit', 'prepare-abort'],
  'prepare-commit': ['complete-commit'],
  'prepare-abort': ['complete-abort'],
  'complete-commit': ['ongoing'],
  'complete-abort': ['ongoing'],
};
