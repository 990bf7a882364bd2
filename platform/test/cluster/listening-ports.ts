/** The ports that a process listens on, as Linux tells them. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const LISTEN = '0A';

/** @returns undefined where the system does not tell */
export function listeningPorts(pid: number): readonly number[] | undefined {
  if (process.platform !== 'linux') return undefined;
  const own = new Set(readdirSync(`/proc/${pid}/fd`).flatMap((fd) => inodeOf(`/proc/${pid}/fd/${fd}`)));
  return readFileSync(`/proc/${pid}/net/tcp`, 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[3] === LISTEN && own.has(columns[9] ?? ''))
    .map((columns) => Number.parseInt(columns[1]!.split(':')[1]!, 16));
}

/** Of a socket; a descriptor may be closed by now. */
function inodeOf(path: string): readonly string[] {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(path))?.slice(1) ?? [];
  } catch {
    return [];
  }
}
