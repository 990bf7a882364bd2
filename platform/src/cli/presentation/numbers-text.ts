/** Numbers, spans and points in time as people read them. */

/** 1234567 gives `1,234,567`. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 alert`, `2 alerts`. */
export function plural(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A span of time in its two greatest units; never negative. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor((seconds % 86400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (days > 0) return `${days}d${hours}h`;
  if (hours > 0) return `${hours}h${minutes}m`;
  return minutes > 0 ? `${minutes}m${seconds % 60}s` : `${seconds}s`;
}

/** Event time in UTC: `2018-02-06 15:50:42`, with milliseconds only where there are any. */
export function timeText(millis: number): string {
  return new Date(millis).toISOString().slice(0, -1).replace('T', ' ').replace('.000', '');
}
