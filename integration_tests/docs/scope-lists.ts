import { families } from '../../src/streams/index.ts';
import { classic, granular, neededScopes, ofUser, scopesOf } from './needed-scopes.ts';
import { asBlock, asCode, asCodes } from './sections.ts';

/** The scopes of each family, to copy. */
export function writeScopeLists(): string {
  return Object.keys(families).map(writeFamily).join('\n\n');
}

function writeFamily(family: string): string {
  const members = families[family] ?? [];
  const readable = members.filter((member) => scopesOf(member, ofUser) !== undefined);
  const user = neededScopes(members, ofUser);
  const what = readable.length === members.length ? 'all of it' : asCodes(readable.map(({ name }) => name));
  return [
    `### ${family}`,
    'Granular:',
    asBlock(neededScopes(members, granular)),
    `Classic: ${neededScopes(members, classic).map(asCode).join(' ')}`,
    user.length === 0
      ? 'User-managed apps read none of it.'
      : `User-managed apps read ${what} with: ${user.map(asCode).join(' ')}`,
  ].join('\n\n');
}
