/** Instants of kills, ms after the start of a run, from a seed: uniform up to `maxMs`. */
export function randomDelays(seed: number, count: number, maxMs: number): number[] {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  return Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) / 2 ** 32) * maxMs;
  });
}
