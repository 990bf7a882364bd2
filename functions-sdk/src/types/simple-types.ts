/** StateFun's types of single values: those that every language knows the form of. */
import { double, float, int, long } from './numbers.js';
import { bool, string } from './scalars.js';
import type { ValueType } from './value-type.js';

/** Each takes what is of its type, and throws a ValueError for anything else. */
export const SIMPLE_TYPES = [bool, int, long, float, double, string] as readonly ValueType<unknown>[];
