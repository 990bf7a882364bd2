/**
 * Reads the JSON texts of a stream: those of a shape that was seen before by a reader made for it, all others with the
 * exact parser.
 *
 * Invariants
 * - The value does not depend on what was read before: a shape's reader gives what the parser gives, or nothing.
 * - What texts of ever new shapes cost beyond the parser is bounded: whoever finds too few of a known shape rests, each
 *   time twice as long.
 */
import { learnShape, type ShapeReader } from './json-shape.js';
import { parseJson } from './json-text.js';

const MAX_SHAPES = 8;
/** What failures may use up before a rest; a text of a known shape earns one back. */
const PATIENCE = 64;
const COST_OF_FAILURE = 4;
const FIRST_REST = 1024;

export class JsonReader {
  /** The one that was of use last comes first. */
  #shapes: ShapeReader[] = [];
  #patience = PATIENCE;
  /** Texts to go until shapes are looked for again. */
  #resting = 0;
  #nextRest = FIRST_REST;

  /** Throws BadRecordError, and nothing else. */
  read(text: string): unknown {
    if (this.#resting > 0) {
      this.#resting -= 1;
      return parseJson(text);
    }
    const value = this.#shapes[0]?.(text) ?? this.#readByAnother(text);
    if (value === undefined) return this.#parseAndLearn(text);
    if (this.#patience < PATIENCE) this.#patience += 1;
    return value;
  }

  #readByAnother(text: string): object | undefined {
    for (let index = 1; index < this.#shapes.length; index++) {
      const value = this.#shapes[index]?.(text);
      if (value === undefined) continue;
      this.#shapes.unshift(...this.#shapes.splice(index, 1));
      return value;
    }
    return undefined;
  }

  #parseAndLearn(text: string): unknown {
    this.#patience -= COST_OF_FAILURE;
    if (this.#patience < 0) this.#rest();
    const value = parseJson(text);
    if (this.#shapes.length < MAX_SHAPES && typeof value === 'object' && value !== null) {
      const shape = learnShape(text, value);
      if (shape !== undefined) this.#shapes.push(shape);
    }
    return value;
  }

  #rest(): void {
    this.#resting = this.#nextRest;
    this.#nextRest *= 2;
    this.#patience = PATIENCE;
    this.#shapes = [];
  }
}
