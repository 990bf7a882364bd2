/** A part of a name that makes it unique. @param random uniformly distributed in [0, 1) */
export function randomName(random: () => number): string {
  return Math.floor(random() * 2 ** 48).toString(36);
}
