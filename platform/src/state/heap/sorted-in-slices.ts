/** A merge sort that pauses: short runs are sorted at once, then merged, with a `yield` between bounded pieces. */
export const RUN = 512;
const MERGED_AT_ONCE = 4096;

/** @returns the numbers 0 to `count` - 1 in the order of `compare`; equal ones stay as they were */
export function* sortedInSlices(
  count: number,
  compare: (left: number, right: number) => number,
): Generator<undefined, Uint32Array> {
  let from = new Uint32Array(count);
  for (let i = 1; i < count; i++) from[i] = i;
  for (let start = 0; start < count; start += RUN) {
    if (start > 0) yield;
    if (count > 1) from.subarray(start, start + RUN).sort(compare);
  }
  let into = new Uint32Array(count);
  for (let width = RUN; width < count; width *= 2) {
    yield* mergeRuns(from, into, width, compare);
    [from, into] = [into, from];
  }
  return from;
}

function* mergeRuns(
  from: Uint32Array,
  into: Uint32Array,
  width: number,
  compare: (left: number, right: number) => number,
): Generator<undefined, void> {
  const count = from.length;
  for (let start = 0; start < count; start += 2 * width) {
    const middle = Math.min(start + width, count);
    const end = Math.min(start + 2 * width, count);
    let left = start;
    let right = middle;
    for (let at = start; at < end; at++) {
      const takeLeft = right === end || (left < middle && compare(from[left]!, from[right]!) <= 0);
      into[at] = takeLeft ? from[left++]! : from[right++]!;
      if (at % MERGED_AT_ONCE === 0) yield;
    }
  }
}
