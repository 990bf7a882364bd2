/** A type as a value: what `type(x)` gives and the names `int`, `string`, ... mean. */
export class TypeValue {
  constructor(readonly name: string) {}
}
