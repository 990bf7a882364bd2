/** What a description says of a type's state, as the protocol's own handshake would say it. */
import type { FunctionDescription, StateSpec } from '@tidegate/functions-sdk/protocol';

export function declaredState({ state }: Pick<FunctionDescription, 'state'>): StateSpec[] {
  return state.map(({ name, type, expiration, onExpiry, isInParts, parts }) => ({
    ...{ name, typename: type, expiration },
    ...(onExpiry === undefined ? {} : { onExpiry }),
    ...(isInParts === true ? { isInParts } : {}),
    ...(isInParts !== true || parts === undefined ? {} : { parts }),
  }));
}
