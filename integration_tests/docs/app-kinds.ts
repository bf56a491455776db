import { streams } from '../../src/streams/index.ts';
import { isWide, type Pick, scopesOf } from './needed-scopes.ts';

/** A kind of app, and which streams it cannot have since Zoom offers it no scope that opens them. */
interface AppKind {
  readonly kind: string;
  readonly lacks: readonly string[];
}

const ofAccount: Pick = ({ granular, classic }) => [...granular, ...classic].find(isWide);
const ofOneUser: Pick = ({ granular, classic }) =>
  (granular.length > 0 ? granular : classic).find((name) => !isWide(name));
const withoutMaster: Pick = ({ granular }) => granular.find((name) => !name.endsWith(':master'));
const onlyClassic: Pick = ({ classic }) => classic[0];
const onlyGranular: Pick = ({ granular }) => granular[0];

/** Sorted by name within each kind. */
export const appKinds = {
  account: lackedBy('Server-to-Server and admin-managed apps', ofAccount),
  user: lackedBy('User-managed apps', ofOneUser),
  granular: lackedBy('Apps with granular scopes, which all new ones have', onlyGranular),
  classic: lackedBy('Apps with classic scopes', onlyClassic),
  master: lackedBy('Granular apps of accounts that are no master account', withoutMaster),
} as const satisfies Readonly<Record<string, AppKind>>;

function lackedBy(kind: string, pick: Pick): AppKind {
  const lacks = streams.filter((stream) => scopesOf(stream, pick) === undefined).map(({ name }) => name);
  return { kind, lacks: lacks.sort() };
}
