/** Functions on lists and maps: sizes and CEL's list extension. */
import { WORK_LIMIT, spendWork, workExceeded } from '../budget.js';
import { EvaluationError } from '../evaluation.js';
import type { Int } from '../integer.js';
import { mapSize } from '../map-value.js';
import type { MapLike } from '../map-value.js';
import type { Values } from '../values.js';
import { withValues } from './definition.js';
import type { FunctionDefinition } from './definition.js';
import { textSize } from './strings.js';

type List = readonly unknown[];

function slice(list: List, from: Int, to: Int): List | EvaluationError {
  if (from < 0 || to < from || to > list.length)
    return new EvaluationError('index_out_of_range', `the list has no elements ${from} to ${to}`);
  return spendWork(Number(to) - Number(from)) ? list.slice(Number(from), Number(to)) : workExceeded();
}

function range(count: Int): List | EvaluationError {
  if (count > WORK_LIMIT || !spendWork(Math.max(0, Number(count)))) return workExceeded();
  return Array.from({ length: Math.max(0, Number(count)) }, (_, at) => at);
}

function flatten(list: List, depth: Int = 1): List | EvaluationError {
  if (depth < 0) return new EvaluationError('invalid_argument', 'flatten() to a negative depth');
  const result: unknown[] = [];
  return flattenInto(result, list, Number(depth)) ? result : workExceeded();
}

function flattenInto(result: unknown[], list: List, depth: number): boolean {
  for (const element of list) {
    if (!spendWork(1)) return false;
    if (Array.isArray(element) && depth > 0) {
      if (!flattenInto(result, element, Math.min(depth - 1, 100))) return false;
    } else result.push(element);
  }
  return true;
}

function distinct(list: List, values: Values): List | EvaluationError {
  const result: unknown[] = [];
  for (const element of list) {
    if (!spendWork(result.length + 1)) return workExceeded();
    if (!result.some((known) => values.equals(known, element))) result.push(element);
  }
  return spendWork(0) ? result : workExceeded();
}

function sort(list: List, values: Values): List | EvaluationError {
  if (!spendWork(list.length * 20)) return workExceeded();
  const [first] = list;
  for (const element of list) {
    const order = values.compare(first, element);
    if (order instanceof EvaluationError) return order;
  }
  return [...list].sort((a, b) => {
    const order = values.compare(a, b);
    return typeof order === 'number' && order === order ? order : 0;
  });
}

const reversed = (list: List): List | EvaluationError =>
  spendWork(list.length) ? [...list].reverse() : workExceeded();
const reversedText = (text: string): string | EvaluationError =>
  spendWork(text.length) ? Array.from(text).reverse().join('') : workExceeded();

const sizeOfText = (text: string): number => textSize(text);
const sizeOfBytes = (bytes: Uint8Array): number => bytes.length;
const sizeOfList = (list: List): number => list.length;
const sizeOfMap = (map: MapLike): number => mapSize(map);

export const lists: readonly FunctionDefinition[] = [
  {
    name: 'size',
    description: 'The number of elements of a list, entries of a map, characters of a text, or bytes.',
    example: 'size([1, 2, 3]) == 3',
    overloads: {
      'size(string) -> int': sizeOfText,
      'size(bytes) -> int': sizeOfBytes,
      'size(list<T>) -> int': sizeOfList,
      'size(map<K, V>) -> int': sizeOfMap,
      'string.size() -> int': sizeOfText,
      'bytes.size() -> int': sizeOfBytes,
      'list<T>.size() -> int': sizeOfList,
      'map<K, V>.size() -> int': sizeOfMap,
    },
  },
  {
    name: 'slice',
    description: 'The elements from one position up to another, which is not among them.',
    example: '[1, 2, 3, 4].slice(1, 3) == [2, 3]',
    overloads: { 'list<T>.slice(int, int) -> list<T>': slice },
  },
  {
    name: 'flatten',
    description: 'The list with the elements of its lists in their places, one level deep or as many as given.',
    example: '[1, [2, [3]]].flatten() == [1, 2, [3]]',
    overloads: { 'list<dyn>.flatten() -> list<dyn>': flatten, 'list<dyn>.flatten(int) -> list<dyn>': flatten },
  },
  {
    name: 'distinct',
    description: 'Each value once, in the order of their first places.',
    example: '[1, 2, 1].distinct() == [1, 2]',
    overloads: { 'list<T>.distinct() -> list<T>': withValues((values) => (list: List) => distinct(list, values)) },
  },
  {
    name: 'sort',
    description: 'The elements in rising order; they must be of one kind.',
    example: '[3, 1, 2].sort() == [1, 2, 3]',
    overloads: { 'list<T>.sort() -> list<T>': withValues((values) => (list: List) => sort(list, values)) },
  },
  {
    name: 'reverse',
    description: 'A list or a text from its end to its beginning.',
    example: '[1, 2].reverse() == [2, 1]',
    overloads: { 'list<T>.reverse() -> list<T>': reversed, 'string.reverse() -> string': reversedText },
  },
  {
    name: 'lists.range',
    description: 'The integers from 0 up to a number, which is not among them.',
    example: 'lists.range(3) == [0, 1, 2]',
    overloads: { 'lists.range(int) -> list<int>': range },
  },
];
