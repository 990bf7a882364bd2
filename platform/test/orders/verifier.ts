/**
 * `node verifier.js PLACED ENDED`: holds how orders ended against those that were placed. Prints one JSON line; exit code 1 where
 * one has not ended, has ended twice or not as it must. A process of its own: it knows nothing but the files.
 */
import { jsonLines } from '../applications/child.js';
import { outcomeOf, WARM_UP } from './orders.js';

export interface Verdict {
  readonly orders: number;
  readonly missing: number;
  readonly duplicated: number;
  readonly foreign: number;
  /** Ended otherwise than they must. */
  readonly wrong: number;
}

const [placed = '', ended = ''] = process.argv.slice(2);
const counts = ({ order }: Record<string, unknown>): boolean => !String(order).startsWith(WARM_UP);
const expected = new Map(
  jsonLines(placed)
    .filter(counts)
    .map(({ order, amount }) => [String(order), outcomeOf(Number(amount))]),
);
const seen = new Map<string, string>();
let [duplicated, foreign, wrong] = [0, 0, 0];
const complaints: string[] = [];
for (const { order, outcome } of jsonLines(ended).filter(counts)) {
  const id = String(order);
  const due = expected.get(id);
  if (due === undefined) foreign++;
  else if (seen.has(id)) duplicated++;
  else if (due !== outcome) wrong++;
  if (due === undefined || seen.has(id) || due !== outcome)
    complaints.push(`${id}: ${String(outcome)}, which must be ${due ?? 'nothing'}, after ${seen.get(id) ?? 'nothing'}`);
  seen.set(id, String(outcome));
}
const lost = [...expected.keys()].filter((id) => !seen.has(id));
const verdict: Verdict = { orders: expected.size, missing: lost.length, duplicated, foreign, wrong };
process.stdout.write(`${JSON.stringify(verdict)}\n`);
process.stderr.write([...complaints, ...lost.map((id) => `${id} has not ended`)].slice(0, 20).join('\n'));
if (expected.size === 0 || lost.length + duplicated + foreign + wrong > 0) process.exitCode = 1;
