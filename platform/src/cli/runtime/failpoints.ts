/**
 * Points at which the crash test lets the process die as by SIGKILL: `TIDEGATE_FAIL=name:count` (at the count-th pass),
 * several of them separated by commas. Without the variable a failpoint costs one call.
 */
export type Failpoint = (name: string) => void;

/** @param setting the variable's text; throws when it is not understood, so that a test cannot pass by a typo */
export function failpoints(setting: string | undefined, die: () => void): Failpoint {
  if (setting === undefined || setting === '') return () => undefined;
  const remaining = new Map<string, number>();
  for (const part of setting.split(',')) {
    const [, name, count] = /^([\w.-]+):([1-9]\d*)$/.exec(part) ?? [];
    if (name === undefined) throw new Error(`TIDEGATE_FAIL: ${JSON.stringify(part)} is not NAME:COUNT`);
    remaining.set(name, Number(count));
  }
  return (name) => {
    const left = remaining.get(name);
    if (left === undefined) return;
    remaining.set(name, left - 1);
    if (left === 1) die();
  };
}
