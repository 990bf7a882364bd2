/** The hundred rules of W6, as numbers: W2 in variations. */
import { COUNTRIES } from './events.js';

export interface CardRule {
  /** `single`: one large amount; `any`, `abroad`: small, later large (in the country); `next`: small, then at once large. */
  readonly kind: 'single' | 'any' | 'abroad' | 'next';
  /** The first amount is below this. */
  readonly small: number;
  /** The last amount is above this. */
  readonly large: number;
  readonly country: string;
}

const KINDS = ['single', 'any', 'abroad', 'next'] as const;

export const CARD_RULES: readonly CardRule[] = Array.from({ length: 100 }, (_, index) => {
  const kind = KINDS[index % 4] ?? 'single';
  return {
    kind,
    small: kind === 'any' ? 1 + (index % 5) : 5,
    large: kind === 'abroad' ? 500 : 500 + 4 * index,
    country: COUNTRIES[(index >> 2) % 8] ?? '',
  };
});

/** What the key of a match is multiplied out with, so that rules differ in the checksum. */
export const RULE_STRIDE = 1_000_003;
