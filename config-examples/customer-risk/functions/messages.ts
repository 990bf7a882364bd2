/** What the application and the risk profile tell each other. */
import { types } from '@tidegate/functions-sdk';

/** A payment of a customer. */
export const Payment = types.json('fraud/Payment', {
  type: 'object',
  properties: {
    cardId: { type: 'string' },
    amount: { type: 'number', exclusiveMinimum: 0 },
    country: { type: 'string' },
    merchant: { type: 'string' },
  },
  required: ['cardId', 'amount', 'country', 'merchant'],
});

/** A rule matched for a customer: the alert, of which the profile needs these fields. */
export const RuleHit = types.json('fraud/RuleHit', {
  type: 'object',
  properties: {
    rule: { type: 'string' },
    severity: { enum: ['informational', 'low', 'medium', 'high', 'critical'] },
  },
  required: ['rule', 'severity'],
});

/** An analyst has looked at the customer. */
export const Cleared = types.json('fraud/Cleared', {
  type: 'object',
  properties: { by: { type: 'string' } },
  required: ['by'],
});

/** For analysts: a customer whose risk has become high. */
export interface Review {
  readonly customer: string;
  readonly score: number;
  readonly because: readonly string[];
}
