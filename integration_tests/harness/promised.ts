import type { Account } from '../emulator/account.ts';
import { isForUsersAlone, isUserLevel } from '../emulator/apps.ts';
import { promisesOf } from '../emulator/collection-facts.ts';
import {
  type Endpoint,
  type Fixtures,
  fixtureOf,
  readFixtures,
  type StreamPromise,
} from '../emulator/endpoint.ts';
import { listsForAccount } from '../emulator/parents.ts';

/** A stream as its fixture promises it. */
export interface PromisedStream {
  readonly promise: StreamPromise;
  /** The fixture that promises it, and the collection that it shows. */
  readonly fixture: string;
  readonly endpoint: Endpoint;
  readonly collection: string;
}

/** Every stream that a fixture promises. */
export function promisedStreams(fixtures: Fixtures = readFixtures()): readonly PromisedStream[] {
  return promisesOf(fixtures).map(({ fixture, promise }) => {
    const endpoint = fixtureOf(fixtures, fixture);
    return { promise, fixture, endpoint, collection: endpoint.rows ?? fixture };
  });
}

/** Those that an app of the account can have. */
export function streamsOfAccount(): readonly string[] {
  return promisedStreams()
    .filter(({ endpoint }) => !isForUsersAlone(endpoint))
    .map(({ promise }) => promise.name);
}

/** Those that an app of the account can have and whose paths begin like one of these, as Zoom documents them. */
export function streamsBelow(...paths: readonly string[]): readonly string[] {
  const ofAccount = streamsOfAccount();
  const isBelow = ({ request }: Endpoint) => paths.some((path) => request.startsWith(`GET ${path}`));
  return promisedStreams()
    .filter(({ promise, endpoint }) => isBelow(endpoint) && ofAccount.includes(promise.name))
    .map(({ promise }) => promise.name);
}

/** @throws Error for a stream that no fixture promises. */
export function promisedStream(name: string, fixtures: Fixtures = readFixtures()): PromisedStream {
  const found = promisedStreams(fixtures).find(({ promise }) => promise.name === name);
  if (found === undefined) throw new Error(`no fixture promises the stream ${name}`);
  return found;
}

/** The fixture through which a user-level app sees the stream's rows: undefined where it may not, or not those above. */
export function userLevelView(
  { fixtures }: Account,
  { fixture, collection }: PromisedStream,
): string | undefined {
  const candidates = [fixture, ...Object.keys(fixtures)];
  const view = candidates.find(
    (name) => isOpen(fixtures, name) && (fixtures[name]?.rows ?? name) === collection,
  );
  return view !== undefined && areParentsOpen(fixtures, view) ? view : undefined;
}

/** Some fixture of each collection above can be opened. */
function areParentsOpen(fixtures: Fixtures, name: string): boolean {
  const { below, rows = name } = fixtureOf(fixtures, name);
  const lists = Object.entries(fixtures).filter(
    ([other, { collection, rows: shown }]) => (shown ?? other) === rows && collection !== undefined,
  );
  const parent = below ?? lists.find(([, list]) => list.below !== undefined)?.[1].below;
  if (parent === undefined) return true;
  return Object.keys(fixtures).some(
    (other) =>
      (fixtures[other]?.rows ?? other) === parent.collection &&
      isOpen(fixtures, other) &&
      areParentsOpen(fixtures, other),
  );
}

function isOpen(fixtures: Fixtures, name: string): boolean {
  const { granular, classic } = fixtureOf(fixtures, name).scopes;
  const isGranted = (granular.length > 0 ? granular : classic).some(isUserLevel);
  return isGranted && !listsForAccount(fixtures, name);
}
