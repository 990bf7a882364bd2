/** 128 bits of chance, hexadecimal. @param random uniformly distributed in [0, 1) */
export function nameByChance(random: () => number): string {
  const word = (): string =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return Array.from({ length: 4 }, word).join('');
}
