import { expect, test } from '@jest/globals';
import type { Request } from '../http/exchange.ts';
import type { StreamDeclaration } from '../streams/declaration.ts';
import { bodyReply, errorReply, FakeZoom } from './fake-zoom.ts';
import { createProber } from './probe.ts';

const now = Date.parse('2028-01-20T12:00:00Z');
const list = { records: 'rows', scopes: { granular: ['a:read'], classic: [] } };

const derived = (name: string, query?: Record<string, string>): StreamDeclaration => ({
  ...list,
  kind: 'derived',
  name,
  path: `/meetings/{meeting_id}/${name}`,
  parent: {
    name: 'meetings',
    parameters: { meeting_id: 'id' },
    adds: { meeting_id: 'id', meeting_end_time: 'end_time' },
    only: [{ field: 'type', notIn: ['Webinar'] }],
    ...(query === undefined ? {} : { query }),
  },
  primaryKey: ['meeting_id', 'id'],
  cursor: 'meeting_end_time',
  lookbackDays: 3,
});
const declarations: readonly StreamDeclaration[] = [
  {
    ...list,
    kind: 'windowed',
    name: 'meetings',
    path: '/meetings',
    query: { date_type: 'end_time' },
    window: { maxDays: 28, format: 'date' },
    primaryKey: ['id'],
    cursor: 'end_time',
    lookbackDays: 3,
  },
  derived('people'),
  derived('questions', { report_type: 'qa' }),
  derived('answers', { report_type: 'qa' }),
  derived('surveys', { report_type: 'survey' }),
  {
    ...list,
    kind: 'derived',
    name: 'replies',
    path: '/meetings/{meeting_id}/questions/{question_id}',
    parent: {
      name: 'questions',
      parameters: { question_id: 'id', meeting_id: 'meeting_id' },
      adds: { meeting_id: 'meeting_id', meeting_end_time: 'meeting_end_time' },
    },
    primaryKey: ['meeting_id', 'id'],
    cursor: 'meeting_end_time',
    lookbackDays: 3,
  },
];

const meeting = (id: string, type = 'Meeting') => ({ id, type, end_time: '2028-01-10T10:00:00Z' });
const meetings: Readonly<Record<string, readonly object[]>> = {
  all: [meeting('a'), meeting('b'), meeting('c'), meeting('w', 'Webinar')],
  qa: [meeting('b'), meeting('w', 'Webinar')],
  survey: [],
};

function createZoom(refuses = '') {
  const listed: string[] = [];
  const fake = new FakeZoom({
    declarations,
    rows: () => [{ id: 1 }],
    quota: { label: 'heavy', day: { calls: 100, left: 100 } },
    instead: (request: Request) => {
      if (request.path !== '/meetings') return undefined;
      const { report_type: type = 'all', date_type: dates } = request.query;
      listed.push(`${type} by ${dates}`);
      if (type === refuses) return errorReply(request, { status: 400, code: 300, message: 'no such report' });
      return bodyReply(meetings[String(type)] ?? [], {});
    },
  });
  return { fake, listed };
}

test('children with a query stand on a listing of their own, which those with the same one share', async () => {
  const { fake, listed } = createZoom();
  const { of, log } = await fake.sync(now, ['meetings', 'people', 'questions', 'answers', 'surveys']);
  expect([...listed].sort()).toEqual(['all by end_time', 'qa by end_time', 'survey by end_time']);
  const parentsOf = (stream: string) => of(stream).map(({ meeting_id: id }) => id);
  expect(parentsOf('people')).toEqual(['a', 'b', 'c']);
  expect(parentsOf('questions')).toEqual(['b']);
  expect(parentsOf('answers')).toEqual(['b']);
  expect(of('surveys')).toEqual([]);
  expect(log.join('\n')).toMatch(/questions: about 1 heavy call to come/);
});

test('a listing with a query emits no rows of the parent', async () => {
  const { fake, listed } = createZoom();
  const { of } = await fake.sync(now, ['questions', 'answers']);
  expect(listed).toEqual(['qa by end_time']);
  expect(of('meetings')).toEqual([]);
  expect(of('questions').length).toBe(1);
});

test.each([
  [['replies'], ['qa by end_time']],
  [
    ['people', 'replies', 'answers'],
    ['all by end_time', 'qa by end_time'],
  ],
])('children of such children stand on the same listing: %j', async (streams, expected) => {
  const { fake, listed } = createZoom();
  const { of } = await fake.sync(now, streams);
  expect([...listed].sort()).toEqual(expected);
  expect(of('replies').map(({ meeting_id: id }) => id)).toEqual(['b']);
  expect(fake.asked.filter((path) => path.endsWith('/questions'))).toEqual(['/meetings/b/questions']);
});

test('what is refused with the query fails those who asked with it alone', async () => {
  const { fake } = createZoom('qa');
  const { of, errorOf } = await fake.sync(now, ['meetings', 'people', 'questions'], { isComplete: false });
  expect([of('meetings').length, of('people').length]).toEqual([4, 3]);
  expect(errorOf('questions')?.message).toContain('no such report');
  expect(errorOf('people')).toBeUndefined();
});

test('a probe asks for a row of each listing once', async () => {
  const { fake, listed } = createZoom('survey');
  const prober = createProber(fake.context(now));
  const isReadable = new Map<string, boolean>();
  for (const declaration of declarations)
    isReadable.set(declaration.name, (await prober.probe(declaration)).isReadable);
  expect(listed).toEqual(['all by end_time', 'qa by end_time', 'survey by end_time']);
  expect(Object.fromEntries(isReadable)).toEqual({
    meetings: true,
    people: true,
    questions: true,
    answers: true,
    surveys: false,
    replies: true,
  });
});
