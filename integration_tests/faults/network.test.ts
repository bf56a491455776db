import { describe, expect, test } from '@jest/globals';
import type { LoggedRequest } from '../emulator/request-log.ts';
import { errorsOf, lastStates, logsOf, type Row, statusesOf } from '../harness/messages.ts';
import type { RunResult } from '../harness/run.ts';
import {
  allStreams,
  bystander,
  configOf,
  expectAllRetried,
  expectHealed,
  expectOutcome,
  expectUnion,
  expectWhole,
  inMidListing,
  type Kind,
  kinds,
  readThrough,
  retries,
  triesOfTroubled,
  useZoom,
} from './trial.ts';

const zoom = useZoom();

/** Loaded before the connector: its patience with a request ends when the emulator says that it will not answer it. */
const impatience = `
  import { ClientRequest } from 'node:http';
  const { setTimeout } = ClientRequest.prototype;
  ClientRequest.prototype.setTimeout = function (ms, giveUp) {
    if (giveUp !== undefined) this.once('information', giveUp);
    return setTimeout.call(this, ms, giveUp);
  };
`;
const nodeFlags = ['--import', `data:text/javascript,${encodeURIComponent(impatience)}`];

const debugLines = ({ messages }: RunResult, words: RegExp) =>
  logsOf(messages, 'DEBUG').filter((line) => words.test(line));

/** Takes Zoom away in mid-sync; resolves when it is away. */
const cut = (kind: Kind): Promise<void> => {
  const { matches = () => true, after = 0 } = inMidListing(kind) as {
    matches?: (request: LoggedRequest) => boolean;
    after?: number;
  };
  return new Promise((resolve) => {
    const change = (body: Row) => {
      zoom().goDown().then(resolve, resolve);
      return body;
    };
    zoom().faults.add({
      template: kind.template,
      matches,
      after,
      times: 1,
      trouble: { kind: 'change', change },
    });
  });
};

describe('for every kind of stream, in mid-listing', () => {
  test('an answer that never comes is asked for again', async () => {
    for (const kind of kinds)
      zoom().faults.add({ ...inMidListing(kind), times: 1, trouble: { kind: 'hang' } });
    const result = await readThrough(zoom(), allStreams.join(','), { nodeFlags });
    expectAllRetried(result, zoom());
    expect(triesOfTroubled(zoom())).toEqual(kinds.map(() => 2));
    expect(debugLines(result, /no answer in time/).length).toBe(kinds.length);
  });

  test('slow answers are waited for, and asked for once', async () => {
    for (const kind of kinds) {
      const trouble = { kind: 'slow', ms: 20, chunks: 8 } as const;
      zoom().faults.add({ ...inMidListing(kind), times: 1, trouble });
      zoom().faults.add({ ...inMidListing(kind), times: 1, trouble: { kind: 'slow', ms: 20 } });
    }
    expectAllRetried(await readThrough(zoom(), allStreams.join(','), { nodeFlags }), zoom());
    expect(new Set(triesOfTroubled(zoom()))).toEqual(new Set([1]));
  });

  test('connections that are refused for a while are tried again', async () => {
    const isDown = cut(kinds[4]);
    let isUp: Promise<void> | undefined;
    const result = await readThrough(zoom(), allStreams.join(','), {
      changes: { retry: { wait_time_ms: 100, count_max: 20 } },
      onLine: (line) => {
        if (line.includes('connection refused')) isUp ??= isDown.then(() => zoom().goUp());
        return undefined;
      },
    });
    await isUp;
    expectAllRetried(result, zoom());
    expect(debugLines(result, /connection refused/).length).toBeGreaterThan(0);
  });
});

describe.each(kinds)('$kind: $stream from $template', (kind) => {
  const { stream, template } = kind;
  const both = `${stream},${bystander}`;

  test('answers that never come fail this stream alone', async () => {
    zoom().faults.add({ template, trouble: { kind: 'hang' } });
    const result = await readThrough(zoom(), both, { nodeFlags, changes: { retry: { count_max: 0 } } });
    expectOutcome(result, stream, zoom(), {
      outcome: 'failed',
      failure: 'transient_error',
      says: /no answer in time/,
    });
    expect(new Set(triesOfTroubled(zoom()))).toEqual(new Set([1]));
    await expectHealed(zoom(), stream, result);
  });

  test('connections that stay refused fail what is not read yet, and the next sync goes on there', async () => {
    const isDown = cut(kind);
    const first = await readThrough(zoom(), both);
    expect(statusesOf(first.messages, stream).at(-1)).toBe('INCOMPLETE');
    for (const { failure_type, message } of errorsOf(first.messages)) {
      expect(failure_type).toBe('transient_error');
      expect(message).toMatch(/connection refused|hang up|reset/i);
    }
    expect(first.exitCode).toBe(1);
    await isDown;
    await zoom().goUp();
    zoom().faults.clear();
    const second = await readThrough(zoom(), both, { state: lastStates(first.messages) });
    expect([second.exitCode, errorsOf(second.messages)]).toEqual([0, []]);
    for (const name of both.split(',')) expectUnion([first, second], name, zoom());
  });
});

describe('a host that has no address', () => {
  const streams = 'users,recordings,past_meeting_participants';

  test('of the API: each stream says so and can be read when it has one', async () => {
    const changes = { api_url: 'https://api.zoom.invalid/v2' };
    const first = await readThrough(zoom(), streams, { changes });
    expect(errorsOf(first.messages)).toMatchObject(
      streams.split(',').map(() => ({
        failure_type: 'transient_error',
        message: expect.stringContaining('host name not found'),
      })),
    );
    expect(first.exitCode).toBe(1);
    expect(debugLines(first, /host name not found/).length).toBe(streams.split(',').length * (retries + 1));
    expect(zoom().requests.map(({ path }) => path)).toEqual(['/oauth/token']);
    const second = await readThrough(zoom(), streams, { state: lastStates(first.messages) });
    expect(second.exitCode).toBe(0);
    for (const name of streams.split(',')) expectUnion([first, second], name, zoom());
  });

  test('of the tokens: one error before anything is read', async () => {
    const credentials = {
      ...(configOf(zoom())['credentials'] as object),
      token_url: 'https://zoom.invalid/oauth/token',
    };
    const { messages, exitCode } = await readThrough(zoom(), streams, { changes: { credentials } });
    expect(errorsOf(messages)).toMatchObject([
      {
        failure_type: 'transient_error',
        message: expect.stringMatching(/https:\/\/zoom\.invalid.*host name not found.*Check token_url/),
      },
    ]);
    expect([exitCode, zoom().requests]).toEqual([1, []]);
  });
});

test('a token endpoint that never answers is asked again, then it is a transient_error', async () => {
  zoom().faults.add({ template: '/oauth/token', times: 1, trouble: { kind: 'hang' } });
  const result = await readThrough(zoom(), 'users', { nodeFlags });
  expect(result.exitCode).toBe(0);
  expectWhole(result.messages, 'users', zoom());
  zoom().clearLog();
  zoom().faults.add({ template: '/oauth/token', trouble: { kind: 'hang' } });
  const { messages } = await readThrough(zoom(), 'users', { nodeFlags });
  expect(errorsOf(messages)).toMatchObject([{ failure_type: 'transient_error' }]);
  expect(zoom().requests.map(({ path }) => path)).toEqual(Array(retries + 1).fill('/oauth/token'));
});
