import type { Account } from '../emulator/account.ts';
import type { LoggedRequest } from '../emulator/request-log.ts';
import type { Emulator } from '../emulator/server.ts';
import { configuredCatalog } from './catalog.ts';
import { changeEverything } from './change.ts';
import { lastStates, type Message, type Row } from './messages.ts';
import { type RunResult, runConnector } from './run.ts';

/** A read of all streams, with what the account held and Zoom was asked. */
export interface Reading extends RunResult {
  readonly account: Account;
  readonly requests: readonly LoggedRequest[];
}

/** Two reads by one app, between which something happened in every collection. */
export interface Round {
  readonly full: Reading;
  readonly changed: Reading;
}

/** Reads everything, once. */
export async function readAll(
  emulator: Emulator,
  streams: readonly string[],
  config: Row,
  state?: readonly Row[],
): Promise<Reading> {
  const account = emulator.account.clone();
  const start = emulator.requests.length;
  const result = await runConnector(['read'], {
    config,
    catalog: configuredCatalog(streams),
    timeoutMs: 300_000,
    ...(state === undefined ? {} : { state }),
  });
  return { ...result, account, requests: emulator.requests.slice(start) };
}

/** Both reads of several apps: the account changes after all of them have read it. */
export async function readTwice(
  emulator: Emulator,
  streams: readonly string[],
  configs: readonly Row[],
): Promise<readonly Round[]> {
  const first: Reading[] = [];
  for (const config of configs) first.push(await readAll(emulator, streams, config));
  changeEverything(emulator.account);
  const rounds: Round[] = [];
  for (const [index, full] of first.entries()) {
    const config = savedConfig(full.messages) ?? configs[index] ?? {};
    const changed = await readAll(emulator, streams, config, lastStates(full.messages));
    rounds.push({ full, changed });
  }
  return rounds;
}

/** The config that a platform has saved: tokens rotate. */
export function savedConfig(messages: readonly Message[] = []): Row | undefined {
  return messages.findLast(({ control }) => control !== undefined)?.control?.connectorConfig.config;
}
