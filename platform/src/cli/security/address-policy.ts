/** What the operator of a process says of the hosts that applications may call: lists in its surroundings. */
import { AddressRules, type AddressPolicy } from '@tidegate/connectors/calling';
import { messageOf, TidegateError } from '../../common/errors.js';

/** Of functions, and of egresses. Each as `functions.example.com, *.svc.cluster.local, 10.1.0.0/16`; empty: no host at all. */
export type HostList = 'TIDEGATE_FUNCTION_HOSTS' | 'TIDEGATE_EGRESS_HOSTS';

/** @throws TidegateError TG482 for a list that cannot be read */
export function addressPolicy(env: Readonly<Record<string, string | undefined>>, variable: HostList): AddressPolicy {
  const list = env[variable];
  if (list === undefined) return { trusted: true };
  const allowed = list.split(',').flatMap((entry) => (entry.trim() === '' ? [] : [entry.trim()]));
  const policy = { trusted: false, allowed };
  assertReadable(policy, variable);
  return policy;
}

function assertReadable(policy: AddressPolicy, variable: HostList): void {
  try {
    new AddressRules(policy);
  } catch (error) {
    throw new TidegateError('TG482', `${variable}: ${messageOf(error)}`, { cause: error });
  }
}
