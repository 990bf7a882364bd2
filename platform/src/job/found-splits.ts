/** What is known of a source's splits, as it goes from who finds them to who reads them. Plain data. */
import type { SourceSplit } from '@tidegate/connectors/api';

export interface FoundSplits {
  /**
   * At a start from the beginning all of them, else at least those that were found since the checkpoint; in the order in
   * which they were found, so that what is found later stands behind.
   */
  readonly splits: readonly SourceSplit[];
  /** Whether more may be found while the source is read. */
  readonly more: boolean;
}
