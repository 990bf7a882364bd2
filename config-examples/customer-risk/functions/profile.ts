/**
 * The risk profile of a customer: what a rule cannot say, because it needs a memory that outlives every window. Rules
 * that match raise the score by their severity, unusual payments a little, time and analysts lower it.
 */
import { kafkaRecord, persisted, statefulFunction, types, type Context, type StateOf } from '@tidegate/functions-sdk';
import { Cleared, Payment, RuleHit, type Review } from './messages.js';

const POINTS = { informational: 0, low: 5, medium: 15, high: 40, critical: 80 } as const;
const UNUSUAL_AMOUNT_POINTS = 10;
const NEW_COUNTRY_POINTS = 5;
/** From this score on an analyst looks at the customer. */
const REVIEW_SCORE = 60;
/** An amount is unusual when it is this many times the mean, once there is a mean to speak of. */
const UNUSUAL_FACTOR = 5;
const PAYMENTS_FOR_A_MEAN = 5;

const state = {
  score: persisted(types.int, { default: 0, expireAfterWrite: '30d' }),
  reasons: persisted(types.json<string[]>('fraud/Reasons'), { default: () => [], expireAfterWrite: '30d' }),
  /** Countries with the number of payments from each. */
  countries: persisted(types.json<Record<string, number>>('fraud/Countries'), { default: () => ({}) }),
  payments: persisted(types.long, { default: 0n }),
  meanAmount: persisted(types.double, { default: 0 }),
  /** Set while an analyst has the customer on the desk, so that one customer is not sent twice. */
  inReview: persisted(types.bool, { default: false, expireAfterWrite: '7d' }),
};

export const profile = statefulFunction('fraud/profile', { state })
  .on(Payment, (context, { amount, country }) => {
    const known = context.state;
    if (known.payments >= PAYMENTS_FOR_A_MEAN) {
      if (amount > UNUSUAL_FACTOR * known.meanAmount) raise(context, UNUSUAL_AMOUNT_POINTS, `an amount of ${amount}`);
      if (known.countries[country] === undefined) raise(context, NEW_COUNTRY_POINTS, `a payment from ${country}`);
    }
    known.payments += 1n;
    known.meanAmount += (amount - known.meanAmount) / Number(known.payments);
    known.countries[country] = (known.countries[country] ?? 0) + 1;
  })
  .on(RuleHit, (context, { rule, severity }) => raise(context, POINTS[severity], `rule ${rule}`))
  .on(Cleared, (context) => context.clear('score', 'reasons', 'inReview'));

export default profile;

function raise(context: Context<StateOf<typeof state>>, points: number, reason: string): void {
  const { state: known, self } = context;
  known.score += points;
  known.reasons.push(reason);
  if (known.score < REVIEW_SCORE || known.inReview) return;
  known.inReview = true;
  const review: Review = { customer: self.id, score: known.score, because: known.reasons };
  context.emit(kafkaRecord({ egress: 'fraud/reviews', topic: 'reviews', key: self.id, value: JSON.stringify(review) }));
}
