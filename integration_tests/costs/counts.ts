import type { Account } from '../emulator/account.ts';
import { readField } from '../emulator/fields.ts';
import { parseTime } from '../emulator/instant.ts';
import type { Entry } from '../emulator/store.ts';
import type { Count } from './formula.ts';

/** Kinds of rows that are not all the rows of a collection of the same name. */
const kinds: Readonly<Record<string, (account: Account) => readonly Entry[]>> = {
  users: (account) => rowsOf(account, 'users', ({ row }) => row['status'] !== 'pending'),
  'users and invited': (account) => rowsOf(account, 'users'),
  'users with a webinar plan': (account) =>
    rowsOf(account, 'users', ({ row }) => row['status'] !== 'pending' && account.isLicensed(row)),
  'meetings with registration': (account) => rowsOf(account, 'meetings', hasRegistration),
  'webinars with registration': (account) => rowsOf(account, 'webinars', hasRegistration),
  'past meetings': (account) => pastOf(account, 'Meeting'),
  'past meetings of several': (account) =>
    pastOf(account, 'Meeting', ({ row }) => Number(row['participants']) > 1),
  'past meetings with polls': (account) => pastOf(account, 'Meeting', hasPoll),
  'past meetings with Q&A': (account) => pastOf(account, 'Meeting', hasBelow(account, 'past_meeting_qa')),
  'past meetings with a survey': (account) =>
    pastOf(account, 'Meeting', hasBelow(account, 'report_meeting_survey')),
  'past webinars': (account) => pastOf(account, 'Webinar'),
  'past webinars with polls': (account) => pastOf(account, 'Webinar', hasPoll),
  'past webinars with registration': (account) =>
    pastOf(account, 'Webinar', ({ row }) => readField(row, 'feature_used.registration') === true),
  'past webinars with Q&A': (account) => pastOf(account, 'Webinar', hasBelow(account, 'webinar_qna_results')),
  'past webinars with a survey': (account) =>
    pastOf(account, 'Webinar', hasBelow(account, 'report_webinar_survey')),
  'recordings on demand': (account) =>
    rowsOf(account, 'recordings', (entry) =>
      account
        .store('recording_settings')
        .below(entry)
        .some(({ row }) => row['on_demand'] !== false),
    ),
  // All members of a channel list it.
  'channels of users': (account) =>
    firstOfEach(rowsOf(account, 'chat_user_channels'), ({ row }) => row['id']),
  // Each side of two lists theirs.
  conversations: (account) =>
    firstOfEach(rowsOf(account, 'chat_user_sessions'), ({ id, row }) => row['channel_id'] || id),
};

/** The time that rows are listed by. */
const times: Readonly<Record<string, string>> = {
  archive_files: 'complete_time',
  meeting_summaries: 'summary_created_time',
  metrics_meetings: 'start_time',
  metrics_webinars: 'start_time',
  phone_voicemails: 'date_time',
  recordings: 'start_time',
  'recordings on demand': 'start_time',
};

/** Counts the rows of an account as a sync meets them: `from` is where its windows begin but for the lookback (ms since the epoch). */
export function countsOf(
  account: Account,
  before: Account | undefined,
  from: number,
): (rows: string) => Count {
  const known = new Map<string, Count>();
  return (rows) => {
    const count = known.get(rows) ?? countOf(rows, account, before, from);
    known.set(rows, count);
    return count;
  };
}

function countOf(rows: string, account: Account, before: Account | undefined, from: number): Count {
  const entries = entriesOf(account, rows);
  const old = new Map(
    (before === undefined ? [] : entriesOf(before, rows)).map(({ id, row }) => [id, JSON.stringify(row)]),
  );
  const ids = new Set(entries.map(({ id }) => id));
  const field = times[rows] ?? 'end_time';
  const ages = entries.map(({ row }) => (from - parseTime(String(row[field]))) / 86_400_000);
  return {
    all: entries.length,
    fresh: entries.filter(({ id, row }) => old.get(id) !== JSON.stringify(row)).length,
    isGone: [...old.keys()].some((id) => !ids.has(id)),
    // What shows no such time is counted whole.
    since: (days) => ages.filter((age) => !(age > days)).length,
  };
}

function entriesOf(account: Account, rows: string): readonly Entry[] {
  return kinds[rows]?.(account) ?? account.store(rows).entries();
}

function rowsOf(
  account: Account,
  collection: string,
  isOne: (entry: Entry) => boolean = () => true,
): readonly Entry[] {
  return account.store(collection).entries().filter(isOne);
}

function pastOf(account: Account, type: string, isOne: (entry: Entry) => boolean = () => true) {
  return rowsOf(
    account,
    'report_history_meetings',
    (entry) => (entry.row['type'] === 'Webinar') === (type === 'Webinar') && isOne(entry),
  );
}

function hasRegistration({ row }: Entry): boolean {
  return readField(row, 'settings.approval_type') !== 2;
}

function hasPoll({ row }: Entry): boolean {
  return readField(row, 'feature_used.poll') === true;
}

function hasBelow(account: Account, collection: string): (entry: Entry) => boolean {
  return (entry) => account.store(collection).below(entry).length > 0;
}

function firstOfEach(entries: readonly Entry[], nameOf: (entry: Entry) => unknown): readonly Entry[] {
  return [...new Map(entries.map((entry) => [nameOf(entry), entry])).values()];
}
