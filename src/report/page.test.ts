import { describe, expect, test } from '@jest/globals';
import type { SyncEvent } from '../engine/sync-events.ts';
import { createRedactor } from '../http/redact.ts';
import { Collector, type SyncEnd } from './collect.ts';
import { renderPage } from './page.ts';

const start = Date.parse('2026-06-15T12:00:00Z');

/** The page about a sync of these events. */
function pageOf(
  events: readonly SyncEvent[],
  {
    end = { how: 'complete' },
    tookMs = 60_000,
    redact = (text: string) => text,
  }: { end?: SyncEnd; tookMs?: number; redact?: (text: string) => string } = {},
): string {
  let now = start;
  const collector = new Collector({ now: () => now, redact });
  for (const event of events) collector.hear(event);
  now += tookMs;
  return renderPage(collector.facts(end));
}

const selected = (stream: string): SyncEvent => ({ kind: 'selected', stream });
const ended = (stream: string, records = 3, message?: string): SyncEvent => ({
  kind: 'ended',
  stream,
  end: {
    records,
    requests: 2,
    tookMs: 1_200,
    remarks: [],
    skipped: [],
    owed: [],
    ...(message === undefined ? {} : { failure: { type: 'config_error', message } }),
  },
});

const evil = `<script>alert(1)</script><img src=x onerror=alert(1)>"'&\u202e\u0000`;

describe('text of Zoom and of others', () => {
  test('is never markup, wherever it stands', () => {
    const page = pageOf(
      [
        selected(evil),
        ended(evil, 1, evil),
        { kind: 'noted', level: 'WARN', message: evil },
        { kind: 'noted', level: 'INFO', message: evil.slice(1) },
        { kind: 'waiting', wait: { stream: evil, until: start + 5_000, reason: 'retry', message: evil } },
        {
          kind: 'waiting',
          wait: { stream: evil, until: start + 5_000, reason: 'rate_limited', message: evil },
        },
        {
          kind: 'answered',
          request: { stream: evil, pace: { pool: 'main', label: 'heavy' }, sentAt: start },
        },
      ],
      { end: { how: 'failed', type: 'system_error', message: evil } },
    );
    for (const part of ['<script', '<img', '\u202e', '\u0000']) expect(page).not.toContain(part);
    expect(page.match(/&lt;script&gt;alert\(1\)&lt;\/script&gt;/g)?.length).toBeGreaterThan(6);
  });

  test('holds no secret, also none that would be cut in two or became known later', () => {
    const redactor = createRedactor();
    const secret = 'canary-refresh-token';
    const events: SyncEvent[] = [
      ended('users', 0, `${'x'.repeat(1_990)}${secret}`),
      { kind: 'noted', level: 'WARN', message: `said ${secret}` },
    ];
    const page = pageOf(events, {
      redact: (text) => {
        redactor.add(secret);
        return redactor.redact(text);
      },
    });
    expect(page).not.toContain('canary');
  });
});

test('each stream is told by how it ended, in its family', () => {
  const page = pageOf(
    [
      ...['users', 'groups', 'recordings', 'rooms'].map(selected),
      { kind: 'begun', stream: 'recordings', share: () => undefined },
      { kind: 'records', stream: 'recordings', count: 7 },
      ended('users'),
      ended('groups', 0, 'groups: nobody may.'),
    ],
    { end: { how: 'stopped' } },
  );
  expect(page).toContain('The sync was stopped when 1 of 4 streams was read');
  expect(page).toMatch(/recordings<\/h3><span class="sums">was being read · 7\u00a0records · /);
  expect(page).toMatch(/rooms<\/h3><span class="sums">had not begun · 0\u00a0records/);
  expect(page).toMatch(/>groups<\/h3>.*needs a change of the config.*<p class="warn">nobody may\.<\/p>/);
  expect(page).toMatch(/<summary><span>users<\/span>.*1 not read to the end · <\/span>2\u00a0streams/);
});

test('streams that failed for the same reason share it', () => {
  const failed = Array.from({ length: 40 }, (_, index) =>
    ended(`s${index}`, 0, `s${index}: the day is over.`),
  );
  const page = pageOf([...failed, ended('t', 0, 't: nobody may.')], { end: { how: 'incomplete' } });
  expect(page.match(/the day is over/g)?.length).toBe(1);
  expect(page).toContain('<h3>s0, s1, s2, s3, s4, s5 and 34 more</h3>');
});

test('what is too much for a page is counted', () => {
  const page = pageOf(
    Array.from(
      { length: 1_500 },
      (_, index): SyncEvent => ({ kind: 'noted', level: 'WARN', message: `note ${index}` }),
    ),
  );
  expect(page.match(/<p class="warn">/g)?.length).toBe(200);
  expect(page).toContain('1,300 more lines in the log');
});

test('pauses of many streams until the same instant are one, and overlapping ones are counted once', () => {
  const wait = (stream: string, seconds: number): SyncEvent => ({
    kind: 'waiting',
    wait: { stream, until: start + seconds * 1_000, reason: 'rate_limited', message: 'x' },
  });
  const many = Array.from({ length: 30 }, (_, index) => wait(`s${index}`, 20));
  const page = pageOf([...many, wait('t', 30)]);
  expect(page).toContain('<dt>Waited for limits</dt><dd>30.0 s</dd>');
  expect(page).toContain('s0, s1, s2, s3, s4, s5 and 24 more');
});

test.each([
  { perSecond: 2, isDrawn: true },
  { perSecond: 200, isDrawn: false },
])('a limit of $perSecond calls a second is drawn: $isDrawn, and named', ({ perSecond, isDrawn }) => {
  const request = {
    stream: 'users',
    pace: { pool: 'main', label: 'light', perSecond },
    sentAt: start,
  } as const;
  const page = pageOf([{ kind: 'answered', request }]);
  expect(page.includes('class="limit"')).toBe(isDrawn);
  expect(page).toContain(`limit ${perSecond}`);
});

test('what is refused as too many and waited for a moment is no wait, and none is said to be none', () => {
  const answered = (status: number): SyncEvent => ({
    kind: 'answered',
    request: { stream: 'users', pace: { pool: 'main', label: 'light' }, sentAt: start, status },
  });
  const waited = (status: number) =>
    /Waited for limits<\/dt><dd>([^<]*)/.exec(pageOf([selected('users'), answered(status)]))?.[1];
  expect([waited(200), waited(429)]).toEqual(['not at all', 'a moment']);
});
