/**
 * How the values of a field lie in columns, as the JavaScript that puts and takes one. What is not of the field's type is
 * odd (`odd-values.ts`), so every value comes back exactly. Values that have parts have no cells: they stand among the
 * rows, one record's behind the other's, in the form of `value-form.ts`.
 *
 * Invariants
 * - The code in a form names only its own variables: `x` the value, `i` and `field`, its record's and its own index, `a` and
 *   `c`, the first cells of its columns, `t`, whether its texts repeat, `nested`, its closure; and those of the loop (`column-shape.ts`).
 */
import { readPlainValue } from '../codec/plain-value-reader.js';
import { writePlainValue } from '../codec/plain-value-writer.js';
import { formOf } from '../codec/record-form.js';
import { CALLS as FORM_CALLS, type NestedForm, type ValueForm } from '../codec/value-form.js';
import type { ValueSchema } from '../codec/value-schema.js';
import { integerOf, putAny, takeAny } from './any-cells.js';
import { slotOf } from './seen-texts.js';
import { cellOfSeen, PLACE, PLACE_BITS, PLACE_MASK } from './text-cell.js';

export interface ColumnForm {
  /** The kinds of the columns that it takes; the first is `a`, the second `c`. */
  readonly columns: readonly ('Numbers' | 'Words' | 'Bytes')[];
  /** A statement. */
  readonly put: string;
  /** An expression. */
  readonly take: string;
  readonly nested?: NestedForm;
}

/** What generated code calls. */
export const CALLS = {
  ...FORM_CALLS,
  writePlain: writePlainValue,
  readPlain: readPlainValue,
  putAny,
  takeAny,
  integerOf,
  slotOf,
  cellOfSeen,
};

const NUMBER: ColumnForm = {
  columns: ['Numbers'],
  put: "if (typeof x === 'number') numbers[a + i] = x; else odd.add(i, field, x);",
  take: 'numbers[a + i]',
};
const INTEGER: ColumnForm = { ...NUMBER, take: 'calls.integerOf(numbers[a + i])' };
const BOOL: ColumnForm = {
  columns: ['Bytes'],
  put: "if (typeof x === 'boolean') cellBytes[a + i] = x ? 1 : 0; else odd.add(i, field, x);",
  take: 'cellBytes[a + i] === 1',
};
const TEXT: ColumnForm = {
  columns: ['Words'],
  // As `TextWriter.add`. Here the engine learns column by column what kind of texts come: comparing those that are kept once
  // (short texts of JSON, constants) then takes no call.
  put: `if (typeof x === 'string') {
        if (x !== '' && t.looks()) {
          const slot = calls.slotOf(x);
          words[a + i] = slots[slot] === x ? calls.cellOfSeen(slot, t) : texts.addNew(x);
        } else words[a + i] = texts.addUnseen(x);
      } else { words[a + i] = 0; odd.add(i, field, x); }`,
  take: `(words[a + i] & ${PLACE_MASK}) === ${PLACE.seen} ? slots[words[a + i] >>> ${PLACE_BITS}] : texts.next(words[a + i])`,
};
export const ANY: ColumnForm = {
  columns: ['Numbers', 'Bytes'],
  put: 'calls.putAny(x, cells, a + i, c + i, texts, t, out);',
  take: 'calls.takeAny(cells, a + i, c + i, texts, bytes)',
};

export function columnFormOf(schema: ValueSchema): ColumnForm {
  switch (schema.kind) {
    case 'bool':
      return BOOL;
    case 'int':
    case 'uint':
    case 'duration':
      return INTEGER;
    case 'double':
    case 'timestamp':
      return NUMBER;
    case 'string':
      return TEXT;
    default: {
      const form = formOf(schema);
      return form.fits === undefined ? ANY : amongRows(form, form.fits);
    }
  }
}

function amongRows({ write, read, nested }: ValueForm, fits: string): ColumnForm {
  return {
    columns: [],
    put: `if (${fits}) { out.uint8(1); ${write} } else { out.uint8(0); calls.writePlain(x, out); }`,
    take: `(bytes.flag() ? ${read} : calls.readPlain(bytes))`,
    ...(nested === undefined ? {} : { nested }),
  };
}
