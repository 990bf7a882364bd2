/** An application that puts out a line for each of its numbers, and has no end. */
export interface Ticking {
  readonly name: string;
  /** In YAML's flow style. */
  readonly settings?: string;
  /** Numbers each second. */
  readonly rate?: number;
  /** Further rules of `ticks`, in YAML. */
  readonly rules?: string;
}

/** @returns the text of its file; it writes into out/NAME.jsonl */
export const ticking = ({ name, settings = '{}', rate = 10, rules = '' }: Ticking): string => `name: ${name}
settings: ${settings}
ingresses:
  ticks:
    generator: { rate: ${rate}, fields: { n: { sequence: {} }, ts: { timestamp: { step: 1s } } } }
    schema: { n: int, ts: timestamp }
    time: { field: ts }
rules:
  every:
    from: ticks
    where: n >= 0
    select: { n: n }
    to: out
${rules}egresses:
  out: { file: { path: out/${name}.jsonl } }
`;
