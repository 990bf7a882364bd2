/**
 * The conformance command. With a file of cases: one line of JSON a case, its result. Without: the project's own cases
 * against what Apache Flink gave; prints every difference, and exits with 1 if there is one.
 */
import { difference, isDefectOfFlink } from './difference.js';
import { readCases, readOwnCases } from './read-cases.js';
import { runCase } from './run-case.js';

const [file] = process.argv.slice(2);
if (file === undefined) {
  process.exitCode = compareOwnCases();
} else {
  const lines = readCases(file).map((given) => JSON.stringify({ id: given.id, ...runCase(given) }));
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

function compareOwnCases(): number {
  const cases = readOwnCases();
  const compared = cases.filter((given) => !isDefectOfFlink(given));
  let equal = 0;
  for (const given of compared) {
    const found = difference(given.expect ?? {}, runCase(given));
    if (found === undefined) equal++;
    else console.log(`${given.id}\n  ${found}`);
  }
  console.log(`${equal} of ${compared.length} equal Flink, ${cases.length - compared.length} left out`);
  return equal === compared.length ? 0 : 1;
}
