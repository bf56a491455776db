import { describe, expect, test } from '@jest/globals';
import { type Trouble, troubles } from '../emulator/faults.ts';
import { errorsOf, recordsOf } from '../harness/messages.ts';
import {
  allStreams,
  bystander,
  companies,
  expectAllRetried,
  expectHealed,
  expectOutcome,
  expectOutcomes,
  expectUnion,
  inMidListing,
  kinds,
  readThrough,
  retries,
  triesOfTroubled,
  useZoom,
} from './trial.ts';

const zoom = useZoom();

const html = (status: number): Trouble => ({
  kind: 'respond',
  status,
  body: '<html><title>Out of order</title></html>',
});
/** Zoom's refusal in an answer of status 200, which shows what it was asked with. */
const echo: Trouble = {
  kind: 'change',
  change: (_, { token }) => ({
    code: 300,
    message: `Bearer ${token} is not good: access_token=${token}&zak=abc`,
  }),
};
const scope = troubles.error(
  400,
  4711,
  'Invalid access token, does not contain scopes:[some:read:scope:admin].',
);

/** What goes wrong once, and is asked for again. */
const passing: readonly { name: string; trouble: Trouble }[] = [
  { name: 'a reset before the headers', trouble: { kind: 'reset', when: 'before_headers' } },
  { name: 'a reset after the headers', trouble: { kind: 'reset', when: 'after_headers' } },
  { name: 'a truncated body', trouble: { kind: 'truncate' } },
  { name: 'a malformed body', trouble: { kind: 'malform' } },
  { name: 'an empty body', trouble: { kind: 'respond', status: 200, body: '' } },
  { name: 'an HTML page with status 200', trouble: html(200) },
  { name: 'a 408', trouble: troubles.error(408, 408, 'Request time-out') },
  { name: 'a 425', trouble: troubles.error(425, 425, 'Too early') },
  { name: 'a 502 of HTML', trouble: html(502) },
  {
    name: 'a 503 with Retry-After',
    trouble: {
      kind: 'respond',
      status: 503,
      body: { code: 503, message: 'Busy' },
      headers: { 'retry-after': '0' },
    },
  },
];

/** What stays as it is for everything that is asked of one endpoint. */
const lasting = [
  {
    name: 'a 500',
    trouble: troubles.error(500, 500, 'Internal error'),
    failure: 'transient_error',
    says: /500/,
    isRetried: true,
  },
  {
    name: 'a reset',
    trouble: { kind: 'reset', when: 'before_headers' },
    failure: 'transient_error',
    says: /hang up|reset/i,
    isRetried: true,
  },
  {
    name: 'a truncated body',
    trouble: { kind: 'truncate' },
    failure: 'transient_error',
    says: /abort|reset/i,
    isRetried: true,
  },
  {
    name: 'a malformed body',
    trouble: { kind: 'malform' },
    failure: 'transient_error',
    says: /garbled/,
    isRetried: true,
  },
  {
    name: "a firewall's HTML page",
    trouble: troubles.firewall,
    failure: 'config_error',
    says: /403 "Attention Required.*a proxy or firewall may block the way to 127\.0\.0\.1.*let through there/,
    isRetried: false,
  },
  {
    name: 'an error in an answer of status 200',
    trouble: echo,
    failure: 'system_error',
    says: /200\/300 "Bearer \*\*\*\*/,
    isRetried: false,
  },
  {
    name: 'a scope that the app lacks',
    trouble: scope,
    failure: 'config_error',
    says: /some:read:scope:admin.*Marketplace/,
    isRetried: false,
  },
  {
    name: 'a feature that is not licensed',
    trouble: troubles.error(400, 200, 'Only available for Paid account: abc.'),
    failure: 'config_error',
    says: /Only available for Paid account.*plan or licence/,
    isRetried: false,
  },
] as const;

describe('for every kind of stream, in mid-listing', () => {
  test.each(passing)(
    '$name is asked for again: nothing is lost, nothing is said twice',
    async ({ trouble }) => {
      for (const kind of kinds) zoom().faults.add({ ...inMidListing(kind), times: 1, trouble });
      const result = await readThrough(zoom(), allStreams.join(','));
      expectAllRetried(result, zoom());
      expect(triesOfTroubled(zoom())).toEqual(kinds.map(() => 2));
    },
  );

  test('every 5xx is asked for again', async () => {
    const statuses = [500, 501, 502, 503, 504, 505, 507, 508, 510, 511, 520, 529, 599];
    for (const kind of kinds)
      for (const status of statuses)
        zoom().faults.add({
          ...inMidListing(kind),
          times: 1,
          trouble: troubles.error(status, status, 'Sorry'),
        });
    const retry = { wait_time_ms: 1, count_max: 20, multiply_wait_time: false };
    expectAllRetried(await readThrough(zoom(), allStreams.join(','), { changes: { retry } }), zoom());
    for (const { template } of kinds) {
      const troubled = zoom().requests.filter(
        (request) => request.isInTrouble && request.template === template,
      );
      expect(troubled.map(({ status }) => status).sort()).toEqual(statuses);
    }
  });
});

/** So many rows of a parent are asked for before what they are refused is taken for a matter of the endpoint. */
const rowsUntilGivenUp = 3;

const templatesOf = (kind: (typeof kinds)[number]): readonly string[] =>
  'fallback' in kind ? [kind.template, kind.fallback] : [kind.template];

/** Where the plan refuses one row, each other row that names the same partition is asked for it. */
const mostInTrouble = (kind: (typeof kinds)[number]) =>
  templatesOf(kind).length * rowsUntilGivenUp * ('rowsOfOne' in kind ? kind.rowsOfOne : 1);
const sumOf = <T>(items: readonly T[], of: (item: T) => number) =>
  items.reduce((sum, item) => sum + of(item), 0);

describe.each(companies.map((company) => ({ company, names: company.map(({ kind }) => kind).join(', ') })))(
  '$names',
  ({ company }) => {
    const streams = company.map(({ stream }) => stream);
    const templates = company.flatMap(templatesOf);

    test.each(lasting)(
      '$name that stays fails these streams alone',
      async ({ trouble, isRetried, failure, says }) => {
        zoom().faults.add({ matches: (request) => templates.includes(request.template), trouble });
        const result = await readThrough(zoom(), [...streams, bystander].join(','));
        expectOutcomes(result, streams, zoom(), { outcome: 'failed', failure, says });
        expect(new Set(triesOfTroubled(zoom()))).toEqual(new Set([isRetried ? retries + 1 : 1]));
        const troubled = new Set(zoom().requests.flatMap((one) => (one.isInTrouble ? one.template : [])));
        for (const { template } of company) expect(troubled).toContain(template);
        // What the app or the account cannot have is asked for a few rows, not for each; a page may block the way to some of them.
        if (failure === 'config_error' && trouble !== troubles.firewall)
          expect(triesOfTroubled(zoom()).length).toBeLessThanOrEqual(sumOf(company, mostInTrouble));
        await expectHealed(zoom(), streams.join(','), result);
      },
    );
  },
);

const askedAgain = kinds.filter((kind) => !('isAskedOnce' in kind));

describe.each(askedAgain)('$kind: $stream from $template', (kind) => {
  const { stream, isPartitioned } = kind;
  const templates = templatesOf(kind);

  test('a scope that is withdrawn in mid-sync fails the stream, and what was read before it is kept', async () => {
    const concurrency = 2;
    zoom().faults.add({
      matches: (request) => templates.includes(request.template),
      after: 'answersFirst' in kind ? kind.answersFirst : 2,
      trouble: scope,
    });
    const result = await readThrough(zoom(), `${stream},${bystander}`, { changes: { concurrency } });
    // Of rows of a parent, some of which were answered, each is refused by itself.
    expectOutcome(result, stream, zoom(), {
      outcome: 'failed',
      failure: isPartitioned ? 'system_error' : 'config_error',
      says: isPartitioned ? /some:read:scope:admin/ : /some:read:scope:admin.*Marketplace/,
    });
    if (!isPartitioned) {
      const windowsAtOnce = 'windowsAtOnce' in kind ? kind.windowsAtOnce : 1;
      const most = windowsAtOnce + (templates.length - 1) * rowsUntilGivenUp;
      expect(triesOfTroubled(zoom()).length).toBeLessThanOrEqual(most);
    }
    if (!('isParent' in kind)) expect(recordsOf(result.messages, stream).length).toBeGreaterThan(0);
    await expectHealed(zoom(), stream, result);
  });
});

test('an app that a user authorised does not see that user alone because a firewall stands before the others', async () => {
  zoom().faults.add({ template: '/users', trouble: troubles.firewall });
  const result = await readThrough(zoom(), 'users,meetings', { clientId: 'oauth-app' });
  expect(errorsOf(result.messages).map(({ failure_type }) => failure_type)).toEqual([
    'config_error',
    'config_error',
  ]);
  expect(zoom().requests.filter(({ path }) => path === '/v2/users/me')).toEqual([]);
  expect(result.exitCode).toBe(1);
  expectUnion([result], 'users', zoom(), () => false);
});
