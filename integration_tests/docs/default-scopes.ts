import { listings, streams } from '../../src/streams/index.ts';
import type { Scoped } from './needed-scopes.ts';

/** The list that users of an earlier Zoom connector know; those that write are never needed. */
const earlierScopes =
  'meeting:read meeting:write meeting:read:admin user:read user:write user_info:read chat_channel:read chat_channel:write chat_contact:read chat_message:read chat_message:write contact:read pac:read pac:write phone:read phone:write phone_call_control:read phone_call_control:write phone_call_log:read phone_call_log:write phone_e911:read phone_recording:read phone_recording:write phone_sms:read phone_sms:write phone_voicemail:read phone_voicemail:write recording:read recording:write tsp:read tsp:write user_zak:read webinar:read webinar:write'.split(
    ' ',
  );

/** The default of `credentials.scope`. */
const place = /("title": "Scopes",[^}]*"default": ")[^"]*/;

/**
 * The specification, with every scope that a stream may need offered.
 * @throws Error when it has no place for them.
 */
export function withDefaultScopes(spec: string): string {
  if (!place.test(spec)) throw new Error('the specification has no default for credentials.scope');
  const needed = [...streams, ...listings].flatMap(scopesOf);
  return spec.replace(place, `$1${[...new Set([...earlierScopes, ...needed.sort()])].join(' ')}`);
}

function scopesOf({ scopes, fallback }: Scoped): readonly string[] {
  return [
    ...(scopes?.classic ?? []),
    ...(scopes?.granular ?? []),
    ...(fallback === undefined ? [] : scopesOf(fallback)),
  ];
}
