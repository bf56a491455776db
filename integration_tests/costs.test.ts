import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Sizes } from './costs/account.ts';
import { bounds } from './costs/bounds.ts';
import { hourOf, loadsOf } from './costs/hourly.ts';
import { type CountedReadings, readDays } from './costs/readings.ts';
import { printCosts, printHour } from './costs/table.ts';
import { callsOf, costsOf, excessesOf } from './costs/tally.ts';
import { readFixtures } from './emulator/endpoint.ts';
import { errorsOf, logsOf, statusesOf } from './harness/messages.ts';
import { streamsOfAccount } from './harness/promised.ts';

/*
 * What all streams cost together: `SOURCE_ZOOM_COSTS=1000 npm test -- costs` reads an account of so many users, and prints the
 * table of docs/performance.md.
 */

const asked = Number(process.env['SOURCE_ZOOM_COSTS'] ?? 0);
const sizes: Sizes =
  asked > 0
    ? { users: asked, newMeetings: 5 * asked, earlierADay: asked, participants: 4 }
    : { users: 20, newMeetings: 60, earlierADay: 40, participants: 4 };
const streams = streamsOfAccount();
let readings: CountedReadings;

beforeAll(async () => {
  readings = await readDays(sizes);
  if (asked > 0) process.stdout.write(`${printCosts(readings)}\n${printHour(10_000, 10_000)}`);
}, 7_200_000);

test('every endpoint of the account has a bound, and no bound is of another one', () => {
  const bound = Object.values(bounds).flatMap((byLabel) =>
    Object.values(byLabel).flatMap((byTemplate) => Object.keys(byTemplate ?? {})),
  );
  const known = Object.values(readFixtures()).map(({ request }) => request.slice('GET '.length));
  expect(bound.filter((template) => !known.includes(template))).toEqual([]);
  expect(bound.filter((template, index) => bound.indexOf(template) !== index)).toEqual([]);
});

describe.each(['first', 'next', 'refreshed'] as const)('the %s sync', (which) => {
  test('reads all that an app of the account can have', () => {
    const { messages, exitCode } = readings[which].result;
    expect([exitCode, errorsOf(messages)]).toEqual([0, []]);
    const ends = streams.map((stream) => statusesOf(messages, stream).at(-1));
    expect(new Set(ends)).toEqual(new Set(['COMPLETE']));
  });

  test('asks every endpoint as often as it may, or less', () => {
    expect(excessesOf(readings[which])).toEqual([]);
    for (const { calls, most } of costsOf(readings[which])) expect(calls).toBeLessThanOrEqual(most);
  });

  test('tells of each stream in a few lines', () => {
    const { messages } = readings[which].result;
    const lines = logsOf(messages, 'INFO').concat(logsOf(messages, 'WARN'));
    const linesOf = (stream: string) => lines.filter((line) => line.startsWith(`${stream}:`));
    for (const stream of streams)
      expect(linesOf(stream).filter((line) => line.includes('read to its end')).length).toBe(1);
    expect(lines.length).toBeLessThan(4 * streams.length);
  });
});

test('a day later what is new costs, and what is known does not', () => {
  const [first, next, refreshed] = [readings.first, readings.next, readings.refreshed].map((reading) =>
    [...callsOf(reading).values()].reduce((all, calls) => all + calls, 0),
  );
  expect(refreshed).toBeLessThan(Number(next));
  expect(refreshed).toBeLessThan(Number(first));
});

test('an hourly sync of 10,000 users, each with a meeting a day, ends within the hour on `business`', () => {
  const loads = loadsOf(hourOf(10_000, 10_000));
  expect(loads.map(({ pool, label }) => `${pool} ${label}`)).toContain('main MEDIUM');
  for (const { minutes } of loads) expect(minutes).toBeLessThan(60);
});
