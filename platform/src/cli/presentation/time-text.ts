/** A moment for people: to the second, in UTC. */
export function timeText(timestamp: number): string {
  return `${new Date(timestamp).toISOString().slice(0, 19)}Z`;
}
