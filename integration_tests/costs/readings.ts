import type { Account } from '../emulator/account.ts';
import { dayMs, toInstant } from '../emulator/instant.ts';
import type { LoggedRequest } from '../emulator/request-log.ts';
import { startEmulator } from '../emulator/server.ts';
import { configuredCatalog } from '../harness/catalog.ts';
import { lastStates, type Row } from '../harness/messages.ts';
import { streamsOfAccount } from '../harness/promised.ts';
import { type RunResult, runConnector } from '../harness/run.ts';
import { historyDays, makeAccount, passDay, type Sizes } from './account.ts';
import { countsOf } from './counts.ts';
import type { Day } from './formula.ts';

/** One sync of all streams, with what it met and asked for. */
export interface CountedReading {
  readonly result: RunResult;
  readonly requests: readonly LoggedRequest[];
  readonly day: Day;
}

export interface CountedReadings {
  readonly first: CountedReading;
  /** A day later. */
  readonly next: CountedReading;
  /** The same with `detail_refresh_days` 7. */
  readonly refreshed: CountedReading;
}

const refreshDays = 7;
const timeoutMs = 3_600_000;

/** The connector's clock goes after by so many ms. */
function clockBehind(ms: number): readonly string[] {
  const script = `const { now } = Date; Date.now = () => now() - ${ms};`;
  return ['--import', `data:text/javascript,${encodeURIComponent(script)}`];
}

/** Reads all that an app of the account can have: yesterday, and twice today, from the state of yesterday. */
export async function readDays(sizes: Sizes): Promise<CountedReadings> {
  let behindMs = dayMs;
  const now = () => Date.now() - behindMs;
  const began = now();
  const account = makeAccount(sizes, began);
  const emulator = await startEmulator({ account, now });
  const start = began - historyDays * dayMs;
  const config = { ...emulator.config(), start_date: toInstant(start) };
  const read = async (detail_refresh_days: number, state?: readonly Row[]) => {
    emulator.clearLog();
    const result = await runConnector(['read'], {
      config: { ...config, detail_refresh_days },
      catalog: configuredCatalog(streamsOfAccount()),
      nodeFlags: clockBehind(behindMs),
      timeoutMs,
      ...(state === undefined ? {} : { state }),
    });
    return { result, requests: [...emulator.requests] };
  };
  try {
    // What is remembered of details is written where they are not asked for in every sync.
    const first = await read(refreshDays);
    const before = account.clone();
    const state = lastStates(first.result.messages);
    behindMs = 0;
    passDay(account, sizes, now());
    const next = await read(0, state);
    const refreshed = await read(refreshDays, state);
    const later = (days: number): Day => ({
      isFirst: false,
      days: 1,
      refreshDays: days,
      count: countsOf(account, before, began),
    });
    return {
      first: { ...first, day: firstDay(before, start) },
      next: { ...next, day: later(0) },
      refreshed: { ...refreshed, day: later(refreshDays) },
    };
  } finally {
    await emulator.close();
  }
}

function firstDay(account: Account, start: number): Day {
  return { isFirst: true, days: historyDays, refreshDays: 0, count: countsOf(account, undefined, start) };
}
