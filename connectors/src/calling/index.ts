/** How servers that an application names are called: where its URLs may lead, and when a server wants to be asked again. */
export { AddressRules, type AddressPolicy } from './address-rules.js';
export { assertMayCall, checkedLookup, ForbiddenAddressError, type Resolve } from './checked-lookup.js';
export { retryAfterMs } from './retry-after.js';
