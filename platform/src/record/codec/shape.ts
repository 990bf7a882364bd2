/** The names of a record's fields in their order: what generated code is made for. */
export type FieldValues = Readonly<Record<string, unknown>>;

export interface Shape {
  readonly names: readonly string[];
}

/** Whether a plain object has exactly the members of a shape, in its order. */
export function hasShape(value: FieldValues, { names }: Shape): boolean {
  let i = 0;
  for (const name in value) if (name !== names[i++]) return false;
  return i === names.length;
}

/** The member of an object literal that sets a field. */
export function memberCode(name: string, variable: string): string {
  const literal = JSON.stringify(name);
  // Only a computed name makes an own member of __proto__. The others are not computed: V8 then knows the object's form.
  return `${literal === '"__proto__"' ? `[${literal}]` : literal}: ${variable}`;
}
