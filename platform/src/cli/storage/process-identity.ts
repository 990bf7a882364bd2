/**
 * Which process somebody is, in words that outlive it: its number, told apart from a later process's by the time at which it
 * began, where Linux tells that. Holds on one machine.
 */
import { readFileSync } from 'node:fs';

export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since the machine began; empty where it is not known. */
  readonly began: string;
}

/** Zombie, and dead. */
const ENDED: ReadonlySet<string> = new Set(['Z', 'X', 'x']);

export function identityOf(pid: number): ProcessIdentity {
  return { pid, began: statOf(pid)?.began ?? '' };
}

/** Who has ended and was not asked for its exit code yet, as in a container whose first process asks nobody, does nothing any more. */
export function isAlive({ pid, began }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const now = statOf(pid);
  if (now === undefined) return true;
  return !now.hasEnded && (began === '' || now.began === began);
}

/** Fields 3, 20 and 22 of `/proc/PID/stat`, counted behind the command's name, which may hold spaces. Undefined where Linux says nothing. */
function statOf(pid: number): { readonly hasEnded: boolean; readonly began: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // While other threads of it are on their way out, they may still write.
    const hasEnded = ENDED.has(fields[0] ?? '') && Number(fields[17]) <= 1;
    return { hasEnded, began: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}
