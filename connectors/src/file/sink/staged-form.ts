/** What the staged epochs of this egress say of their records (`staged-bytes.ts`). */
import { ConnectorError } from '../../api/index.js';
import type { ByteRange } from '../../disk/byte-range.js';
import { splitStaged } from '../../staging/staged-bytes.js';

/** Records for one file. */
export interface StagedRange extends ByteRange {
  readonly form: 'range';
  readonly version: 1;
  /** The egress's path, as written. */
  readonly path: string;
  /** What stands directly before it: the epoch before, or the header. */
  readonly before: ByteRange;
  /** Name of the file that holds the records, in the egress's state folder; undefined where they follow inline. */
  readonly side?: string;
}

/** A part of a folder; without `part` the epoch has no records. */
export interface StagedPart {
  readonly form: 'part';
  readonly version: 1;
  readonly path: string;
  readonly part?: { readonly name: string; readonly bytes: number };
}

type Staged = StagedRange | StagedPart;

/**
 * Throws a ConnectorError, `invalid-option` where the epoch was staged for another path.
 * @param egress for messages
 */
export function decodeStaged<F extends Staged['form']>(
  egress: string,
  path: string,
  form: F,
  staged: Uint8Array,
): { readonly description: Staged & { readonly form: F }; readonly records: Uint8Array } {
  const { description, records } = splitStaged(egress, staged);
  const known = description as Staged;
  if (known.path !== path || known.form !== form) {
    throw new ConnectorError(
      'invalid-option',
      `egress ${egress}: the checkpoint holds records for ${known.path}, but the egress writes ${path}; change it back, or start with --fresh`,
    );
  }
  return { description: known as Staged & { readonly form: F }, records };
}
