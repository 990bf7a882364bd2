/** A terminal that sends payments to the example `payment-decision` and waits for the answers of its rules. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './child.js';

const EXAMPLE = join(ROOT, 'config-examples', 'payment-decision', 'application.yaml');

export interface Decided {
  /** `rule` or `default`. */
  readonly by: string | null;
  readonly answer: unknown;
}

/** The example in a folder, as it stands but for its port and its patience, of which a busy machine asks more. */
export function writePaymentDecision(folder: string, port: number, checkpoint = '1s'): void {
  const example = readFileSync(EXAMPLE, 'utf8')
    .replace('port: 8088', `port: ${port}`)
    .replace('within: 150ms', 'within: 1s')
    .replace('interval: 1s', `interval: ${checkpoint}`);
  writeFileSync(join(folder, 'application.yaml'), example);
}

/**
 * Asked again under its name while the job is being restarted.
 * @param mayBeAway also while nobody listens, or who listened is killed
 */
export async function decided(
  url: string,
  request: string,
  payment: object,
  { mayBeAway } = { mayBeAway: false },
): Promise<Decided> {
  const headers = { 'idempotency-key': request, 'content-type': 'application/json' };
  for (;;) {
    try {
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(payment) });
      const answer: unknown = await response.json();
      if (response.status === 200) return { by: response.headers.get('tidegate-decision'), answer };
      assert.equal(response.status, 503, JSON.stringify(answer));
    } catch (error) {
      if (!mayBeAway || error instanceof assert.AssertionError) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
