/**
 * Addresses of stateful functions: a type, written `namespace/name`, and the id of one instance.
 * The form is Apache StateFun's: exactly one slash, neither part empty.
 */
export interface FunctionType {
  readonly namespace: string;
  readonly name: string;
}

export interface Address {
  readonly type: FunctionType;
  readonly id: string;
}

/** Throws a RangeError that says what a type looks like. */
export function parseFunctionType(text: string): FunctionType {
  const [namespace, name, ...rest] = text.split('/');
  if (namespace === undefined || namespace === '' || name === undefined || name === '' || rest.length > 0) {
    throw new RangeError(`a function's type is namespace/name, with one slash; got ${JSON.stringify(text)}`);
  }
  return { namespace, name };
}

/** The inverse of `parseFunctionType`. */
export function formatFunctionType({ namespace, name }: FunctionType): string {
  return `${namespace}/${name}`;
}
