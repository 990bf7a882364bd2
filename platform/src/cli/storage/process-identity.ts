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

export function identityOf(pid: number): ProcessIdentity {
  return { pid, began: beganAt(pid) };
}

export function isAlive({ pid, began }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const now = beganAt(pid);
  return now === '' || began === '' || now === began;
}

/** Field 22 of `/proc/PID/stat`, counted behind the command's name, which may hold spaces. */
function beganAt(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
