/** `1,204 records`, `1 record`. */
export function count(many: number, what: string): string {
  return `${many.toLocaleString('en')} ${what}${many === 1 ? '' : 's'}`;
}

/** `0.4 s`, `3 min 2 s`, `1 h 4 min`. */
export function formatDuration(ms: number): string {
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return withRest(seconds, ['min', 's']);
  return withRest(Math.round(seconds / 60), ['h', 'min']);
}

function withRest(many: number, [large, small]: readonly [string, string]): string {
  const rest = many % 60;
  return `${Math.floor(many / 60)} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`;
}
