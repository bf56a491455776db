/** `1,204`. */
export function formatCount(many: number): string {
  return many.toLocaleString('en');
}

/** `1,204 records`, `1 record`. */
export function count(many: number, what: string): string {
  return `${formatCount(many)} ${what}${many === 1 ? '' : 's'}`;
}

/** `a, b and 3 more`: no more names than so many. */
export function listSome(names: readonly string[], most: number): string {
  const rest = names.length - most;
  return rest <= 0 ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${rest} more`;
}

/** `heavy`, `Phone resource-intensive`: calls that one of Zoom's limits holds for. */
export function nameCalls({ pool, label }: { readonly pool: string; readonly label: string }): string {
  return `${pool === 'phone' ? 'Phone ' : ''}${label.replace('_', '-')}`;
}

/** What to do in Zoom about scopes that the app lacks. */
export function addScopes(which: 'it' | 'them'): string {
  return `Add ${which} under Scopes in the Zoom App Marketplace, then activate the app again (Server-to-Server) or authorise it again (OAuth; an :admin scope needs an account admin).`;
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

/** Whether a text says the name of a stream, and not only a longer one that it is a part of. */
export function mentions(text: string, stream: string): boolean {
  return new RegExp(`\\b${stream}\\b`).test(text);
}
