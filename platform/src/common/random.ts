/** The seam of chance: only the composition root throws real dice; tests and the simulator bring a seeded generator. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}
