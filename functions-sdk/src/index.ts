/** What the author of a stateful function imports: its addresses, in this version. */
export { formatFunctionType, parseFunctionType, type Address, type FunctionType } from './address.js';
