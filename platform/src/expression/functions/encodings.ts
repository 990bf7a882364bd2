/** Base64. */
import { EvaluationError } from '../evaluation.js';
import type { FunctionDefinition } from './definition.js';

function decode(text: string): Uint8Array | EvaluationError {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return new EvaluationError('invalid_argument', 'the text is not base64');
  return new Uint8Array(Buffer.from(text, 'base64'));
}

export const encodings: readonly FunctionDefinition[] = [
  {
    name: 'base64.encode',
    description: 'Bytes as base64.',
    example: 'base64.encode(b"hello") == "aGVsbG8="',
    overloads: { 'base64.encode(bytes) -> string': (bytes: Uint8Array) => Buffer.from(bytes).toString('base64') },
  },
  {
    name: 'base64.decode',
    description: 'The bytes of base64.',
    example: 'base64.decode("aGVsbG8=") == b"hello"',
    overloads: { 'base64.decode(string) -> bytes': decode },
  },
];
