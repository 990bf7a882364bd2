/** The benchmark's events: the same for every engine, made by a 32-bit xorshift from fixed seeds. Amounts are quarters, so sums are exact. */
export const T0 = 1_700_000_100_000;
export const COUNTRIES: readonly string[] = ['DE', 'FR', 'GB', 'US', 'NL', 'PL', 'IT', 'ES'];

export interface Card {
  readonly cardId: number;
  readonly amount: number;
  readonly country: string;
  readonly merchant: number;
  readonly ts: number;
}

export interface Login {
  readonly userId: number;
  readonly ok: boolean;
  readonly ip: number;
  readonly ts: number;
}

export interface Order {
  readonly orderId: number;
  readonly kind: 'placed' | 'paid';
  readonly ts: number;
}

function xorshift32(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

export function cards(count: number): Card[] {
  const draw = xorshift32(12345);
  return Array.from({ length: count }, (_, index) => {
    const cardId = draw() % 10_000;
    const amount = cardAmount(draw() % 1000, draw());
    const country = COUNTRIES[draw() % COUNTRIES.length] ?? '';
    return { cardId, amount, country, merchant: draw() % 5000, ts: T0 + 5 + index * 10 };
  });
}

function cardAmount(kind: number, value: number): number {
  if (kind < 10) return 500.25 + (value % 2000) * 0.25;
  if (kind < 110) return 0.25 + (value % 19) * 0.25;
  return 5 + (value % 1981) * 0.25;
}

export function logins(count: number): Login[] {
  const draw = xorshift32(12346);
  return Array.from({ length: count }, (_, index) => {
    const userId = draw() % 50_000;
    const ok = draw() % 100 >= 40;
    return { userId, ok, ip: draw() % 65_536, ts: T0 + 5 + index };
  });
}

/** A tenth of the orders is never paid; of the others, a twentieth late. */
export function orders(count: number): Order[] {
  const draw = xorshift32(12347);
  const payments = new Int32Array(count);
  let placed = 0;
  return Array.from({ length: count }, (_, index): Order => {
    const ts = T0 + 5 + index * 10;
    const payment = payments[index] ?? 0;
    if (payment !== 0) return { orderId: payment - 1, kind: 'paid', ts };
    const share = draw() % 100;
    const delay = draw();
    const orderId = placed++;
    if (share >= 10) {
      let slot = share < 15 ? index + 90_001 + (delay % 30_000) : index + 1 + (delay % 85_000);
      while (slot < count && payments[slot] !== 0) slot++;
      if (slot < count) payments[slot] = orderId + 1;
    }
    return { orderId, kind: 'placed', ts };
  });
}
