import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { appKinds } from './docs/app-kinds.ts';
import { Account, toInstant } from './emulator/account.ts';
import { dayMs } from './emulator/instant.ts';
import { type Emulator, startEmulator } from './emulator/server.ts';
import { configuredCatalog } from './harness/catalog.ts';
import { errorsOf, logsOf, statusesOf } from './harness/messages.ts';
import { promisedStreams } from './harness/promised.ts';
import { type RunResult, runConnector } from './harness/run.ts';

/* All streams chosen at once, as somebody does who wants to see what there is. */

const all = promisedStreams().map(({ promise }) => promise.name);
const days = 2;

/** Of each app what it cannot have, as the documents say. */
const lacking = {
  's2s-app': appKinds.account.lacks,
  'oauth-app': appKinds.account.lacks,
  'user-level-app': appKinds.user.lacks,
};
const apps = Object.entries(lacking);

const zooms = new Map<string, Emulator>();
const results = new Map<string, RunResult>();

/** Most of the time is spent waiting for what the limits allow, so that the apps are tried together. */
beforeAll(async () => {
  await Promise.all(apps.map(([clientId]) => readAll(clientId)));
});
afterAll(() => Promise.all([...zooms.values()].map((zoom) => zoom.close())));

async function readAll(clientId: string): Promise<void> {
  const account = new Account({
    activeUsers: 2,
    inactiveUsers: 1,
    pendingUsers: 1,
    meetingsPerUser: 1,
    pastMeetings: 2,
    recordings: 1,
    calls: 2,
    days,
  });
  const zoom = await startEmulator({ account, plan: 'business' });
  zooms.set(clientId, zoom);
  const config = {
    ...zoom.config(clientId),
    zoom_plan: 'business',
    // A busy machine hands over together what was sent one after the other.
    rate_limit_share: 60,
    start_date: toInstant(Date.now() - days * dayMs),
  };
  const run = runConnector(['read'], { config, catalog: configuredCatalog(all), timeoutMs: 230_000 });
  results.set(clientId, await run);
}

describe.each(apps)('%s', (clientId, lacks) => {
  const messages = () => results.get(clientId)?.messages ?? [];
  const ended = (status: string) => all.filter((stream) => statusesOf(messages(), stream).at(-1) === status);

  test('reads to their end the streams that it can have', () => {
    expect(ended('COMPLETE').sort()).toEqual(all.filter((name) => !lacks.includes(name)).sort());
  });

  test('has each other stream fail alone', () => {
    expect(ended('INCOMPLETE').sort()).toEqual(lacks);
    const failed = errorsOf(messages()).map((error) => [error.stream_descriptor?.name, error.failure_type]);
    expect(failed.sort()).toEqual(lacks.map((name) => [name, 'config_error']));
    expect(results.get(clientId)?.exitCode).toBe(1);
  });

  test('stays below the limits without being told', () => {
    const answers = zooms.get(clientId)?.requests ?? [];
    expect(answers.length).toBeGreaterThan(100);
    expect(answers.filter(({ status }) => status === 429)).toEqual([]);
  });

  test('has a line for each stream in its log, a sum for each family, and the rare word beside', () => {
    const lines = logsOf(messages(), 'INFO');
    const sums = lines.filter((line) => line.startsWith('In family '));
    expect(sums.length).toBe(13);
    expect(lines.length).toBeLessThan(1.2 * all.length + sums.length);
    expect(logsOf(messages(), 'WARN').length).toBeLessThan(3);
  });
});
