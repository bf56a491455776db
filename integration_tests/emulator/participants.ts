import type { Row } from './endpoint.ts';
import { exampleRow } from './example-row.ts';
import { toInstant } from './instant.ts';
import { nameOf } from './row-makers.ts';

const firstUserId = 16_000_000;

/** The collection that shows who was in an instance: webinars have one of their own. */
export function collectionOf({ type }: Row): 'past_webinar_participants' | 'past_meeting_participants' {
  return type === 'Webinar' ? 'past_webinar_participants' : 'past_meeting_participants';
}

/**
 * Who was in a meeting or a webinar. Every other one is a guest, whose `id` and e-mail Zoom leaves empty; the last of three
 * or more is the first one, who left and came back under the same `user_id`; of six or more, one row is there twice.
 */
export function makeParticipants(meeting: Row, count: number, users: readonly Row[]): Row[] {
  const start = Date.parse(String(meeting['start_time']));
  const end = Date.parse(String(meeting['end_time']));
  const rows = Array.from({ length: count }, (_, index) => {
    const who = index === count - 1 && count > 2 ? 0 : index;
    const user = who % 2 === 0 ? users[who % Math.max(1, users.length)] : undefined;
    const joined = Math.min(start + index * 61_000, end);
    return {
      ...exampleRow(collectionOf(meeting)),
      id: user?.['id'] ?? '',
      user_id: String(firstUserId + who),
      name: user?.['display_name'] ?? nameOf(who),
      user_email: user?.['email'] ?? '',
      join_time: toInstant(joined),
      leave_time: toInstant(end),
      duration: Math.round((end - joined) / 1000),
      internal_user: user !== undefined,
    };
  });
  const [, second] = rows;
  if (count >= 6 && second !== undefined) rows[count - 2] = structuredClone(second);
  return rows;
}

export function makeParticipant(meeting: Row, number: number, changes: Row): Row {
  return {
    ...exampleRow(collectionOf(meeting)),
    user_id: String(firstUserId + number),
    join_time: meeting['start_time'],
    leave_time: meeting['end_time'],
    ...changes,
  };
}
