/** A type as a value: what `type(x)` gives and the names `int`, `string`, ... mean. */
export class TypeValue {
  constructor(readonly name: string) {}
}

/** Whether a value is a type, or has one in it. */
export function holdsType(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return false;
  return value instanceof TypeValue || Object.values(value).some(holdsType);
}
