import type { Account } from '../emulator/account.ts';
import type { Row } from './messages.ts';

/** What a perfect reader has of a stream: the account's rows as the contract shapes them, without `record_hash`. */
export function expectedRows(account: Account, stream: string): readonly Row[] {
  return rawRows(account, stream).map((row) => withoutSecrets(row));
}

/** The fields that tell two rows of a stream apart, for comparison in any order. */
export function sorted(rows: readonly Row[]): readonly string[] {
  return rows.map((row) => JSON.stringify(sortFields(withoutMarks(row)))).sort();
}

function rawRows(account: Account, stream: string): readonly Row[] {
  switch (stream) {
    case 'users':
    case 'pending_users':
      return account.rows(stream).map(({ host_key: _, ...row }) => row);
    case 'past_meeting_participants':
      return account.rows('report_history_meetings').flatMap((meeting) =>
        (account.participantsOf(String(meeting['meeting_uuid'])) ?? []).map((row) => ({
          ...row,
          meeting_uuid: meeting['meeting_uuid'],
          meeting_id: meeting['meeting_id'],
          meeting_end_time: meeting['end_time'],
        })),
      );
    case 'recording_files':
      return account.rows('recordings').flatMap((recording) =>
        (recording['recording_files'] as Row[]).map((file) => ({
          ...file,
          meeting_uuid: recording['uuid'],
          meeting_start_time: recording['start_time'],
        })),
      );
    default:
      return account.rows(stream);
  }
}

const secretFields =
  /^(start_url|.*password|.*passcode|(dynamic_)?host_key|download_access_token|activation_code|leader_pin)$/;

function withoutSecrets(row: Row): Row {
  const kept = Object.entries(row).filter(([field]) => !secretFields.test(field));
  return Object.fromEntries(kept.map(([field, value]) => [field, clean(field, value)]));
}

function clean(field: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => clean(field, item));
  if (typeof value === 'object' && value !== null) return withoutSecrets(value as Row);
  return field === 'join_url' || field === 'registration_url' ? String(value).split('?')[0] : value;
}

/** What the connector adds and no account holds. */
function withoutMarks({ record_hash: _, _ab_cdc_updated_at: __, _ab_cdc_deleted_at: ___, ...row }: Row): Row {
  return row;
}

function sortFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortFields);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([field, child]) => [field, sortFields(child)]));
}
