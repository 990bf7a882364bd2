/** The formats: how the bytes of an ingress become records, and how an egress writes them. */
export { json } from './json.js';
