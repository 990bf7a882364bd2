/** What the operator of a process says of the hosts that functions may be called at: a list in its surroundings. */
import { messageOf, TidegateError } from '../../common/errors.js';
import { AddressRules, type AddressPolicy } from './address-rules.js';

/** `functions.example.com, *.svc.cluster.local, 10.1.0.0/16`; empty, no host at all. */
const VARIABLE = 'TIDEGATE_FUNCTION_HOSTS';

/** @throws TidegateError TG482 for a list that cannot be read */
export function addressPolicy(env: Readonly<Record<string, string | undefined>>): AddressPolicy {
  const list = env[VARIABLE];
  if (list === undefined) return { trusted: true };
  const allowed = list.split(',').flatMap((entry) => (entry.trim() === '' ? [] : [entry.trim()]));
  const policy = { trusted: false, allowed };
  assertReadable(policy);
  return policy;
}

function assertReadable(policy: AddressPolicy): void {
  try {
    new AddressRules(policy);
  } catch (error) {
    throw new TidegateError('TG482', `${VARIABLE}: ${messageOf(error)}`, { cause: error });
  }
}
