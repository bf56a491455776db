import { readFileSync } from 'node:fs';
import type { Endpoint, StreamDeclaration } from '../../src/streams/declaration.ts';
import { endpointOf, families } from '../../src/streams/index.ts';
import { appKinds } from './app-kinds.ts';
import { describeCalls } from './calls.ts';
import { classic, granular, neededScopes, ofUser, ofUserClassic } from './needed-scopes.ts';
import { asCode, asCodes } from './sections.ts';

/** Every stream, by family. */
export function writeStreams(): string {
  return Object.entries(families)
    .map(([family, members]) => [`## Family ${family}`, ...members.map(writeStream)].join('\n\n'))
    .join('\n\n');
}

/**
 * What one row of a stream is, as its schema says.
 * @throws Error where it does not.
 */
export function describeRow(stream: string): string {
  const file = new URL(`../../schemas/${stream}.json`, import.meta.url);
  const { description } = JSON.parse(readFileSync(file, 'utf8')) as { readonly description?: string };
  if (description === undefined)
    throw new Error(`schemas/${stream}.json does not say what a row is (description)`);
  return description;
}

/** Which streams each kind of app cannot have, whatever scopes are added. */
export function writeMissing(): string {
  return Object.values(appKinds)
    .map(({ kind, lacks }) => `- **${kind}** (${lacks.length}): ${asCodes(lacks)}.`)
    .join('\n');
}

function writeStream(declaration: StreamDeclaration): string {
  const { name, primaryKey } = declaration;
  const endpoint = endpointOf(declaration);
  const facts: Readonly<Record<string, string>> = {
    Path: describePath(endpoint),
    Key: `${asCodes(primaryKey)}; cursor ${asCode(cursorOf(declaration))}`,
    Incremental: describeSync(declaration, endpoint),
    Calls: describeCalls(declaration),
    Scopes: describeScopes(declaration),
    ...(endpoint.needs === undefined ? {} : { Needs: endpoint.needs.join(', ') }),
  };
  const lines = Object.entries(facts).map(([fact, text]) => `- **${fact}**: ${text}`);
  return `### \`${name}\`\n\n${describeRow(name)}\n\n${lines.join('\n')}`;
}

function describePath({ path, rateLimit, fallback }: Endpoint): string {
  const label = rateLimit?.replace('_', '-') ?? 'no published label, counted as heavy';
  const instead = fallback === undefined ? '' : `; where Zoom refuses that, ${asCode(fallback.path)}`;
  return `${asCode(path)} (${label})${instead}`;
}

function cursorOf(declaration: StreamDeclaration): string {
  return declaration.kind === 'snapshot' ? '_ab_cdc_updated_at' : declaration.cursor;
}

function describeSync(declaration: StreamDeclaration, { window }: Endpoint): string {
  if (declaration.kind === 'snapshot')
    return declaration.tombstones === true ? 'snapshot, with deletions' : 'snapshot, without deletions';
  const { kind, lookbackDays } = declaration;
  const days = lookbackDays === 1 ? 'the last day' : `the last ${lookbackDays} days`;
  const months = window?.keptMonths;
  const kept = months === undefined ? '' : `; Zoom keeps ${months === 1 ? 'one month' : `${months} months`}`;
  return `${kind === 'embedded' ? 'windowed' : kind}, reads ${days} again${kept}`;
}

function describeScopes(declaration: StreamDeclaration): string {
  const kinds = [
    ['granular', granular],
    ['classic', classic],
    ['of user-managed apps, granular', ofUser],
    ['classic', ofUserClassic],
  ] as const;
  return kinds
    .flatMap(([kind, pick]) => {
      const scopes = neededScopes([declaration], pick);
      return scopes.length === 0 ? [] : [`${kind} ${asCodes(scopes)}`];
    })
    .join('; ');
}
