import type { Finding } from '../engine/survey.ts';
import { groupBy } from '../group-by.ts';
import { addScopes, listSome } from '../wording.ts';

/** What was found of one stream. */
export interface Found {
  readonly name: string;
  readonly family: string;
  readonly finding: Finding;
}

/** Platforms show so much of a message (contract of `check`). */
const longestMessage = 4_000;
const listed = [Number.POSITIVE_INFINITY, 20, 8, 4, 2, 1];

/** What is known of all streams, in one message: by family what can be read, and each reason for what cannot once. */
export function describeFindings(found: readonly Found[]): string {
  const readable = found.filter(({ finding }) => finding.kind === 'readable');
  if (readable.length === found.length) return `All ${found.length} streams can be read.`;
  const head =
    readable.length === 0
      ? 'No stream can be read.'
      : `${readable.length} of ${found.length} streams can be read: ${countByFamily(found)}.`;
  const messages = listed.map((most) => `${head} ${describeMissing(found, most)}`);
  return messages.find((message) => message.length < longestMessage) ?? cut(messages.at(-1) ?? head);
}

/** What was found of one stream, for the log. */
export function describeFinding(finding: Finding): string {
  if (finding.kind === 'readable') return 'can be read';
  if (finding.kind !== 'closed') return `cannot be read: ${finding.reason}`;
  return `cannot be read: the app lacks the scope ${finding.scopes.join(', ')}`;
}

function countByFamily(found: readonly Found[]): string {
  return [...groupBy(found, ({ family }) => family)]
    .map(([family, members]) => {
      const count = members.filter(({ finding }) => finding.kind === 'readable').length;
      return count === members.length ? `${family} all ${count}` : `${family} ${count} of ${members.length}`;
    })
    .join(', ');
}

/** @param most names in a row before the log is referred to. */
function describeMissing(found: readonly Found[], most: number): string {
  const closed = found.flatMap(({ finding, ...stream }) =>
    finding.kind === 'closed' ? { ...stream, finding } : [],
  );
  const refused = found.flatMap(({ finding, ...stream }) =>
    finding.kind === 'refused' || finding.kind === 'unoffered' ? { ...stream, finding } : [],
  );
  const byFamily = [...groupBy(closed, ({ family }) => family)].map(([family, members]) => {
    const scopes = new Set(members.flatMap(({ finding }) => finding.scopes));
    return `${family}: ${listSome([...scopes].sort(), most)}`;
  });
  const scopes =
    byFamily.length === 0 ? [] : [`The app lacks scopes (${byFamily.join('; ')}). ${addScopes('them')}`];
  const reasons = [...groupBy(refused, ({ finding }) => finding.reason)].map(
    ([reason, members]) => `${listSome(members.map(({ name }) => name).sort(), most)}: ${reason}`,
  );
  const missing = [...reasons, ...scopes].join(' ');
  return `Cannot be read: ${missing} The log lists every stream.`;
}

function cut(message: string): string {
  const end = ' … The log lists every stream.';
  return message.slice(0, longestMessage - 1 - end.length) + end;
}
