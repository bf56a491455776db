import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { listings, streams } from '../src/streams/index.ts';
import { corrections } from './double-entry/corrections.ts';
import { type Decided, problemsOfDecision } from './double-entry/decided.ts';
import { type Operation, problemsOfFixture } from './double-entry/documented.ts';
import { readFixtures } from './emulator/endpoint.ts';
import { withoutNames } from './harness/listed.ts';

/*
 * Declarations are compared with the list of all streams, fixtures with Zoom's OpenAPI documents, never one with the other.
 * Neither is part of this repository: without them nothing is compared.
 */

const shared = new URL('../../shared/', import.meta.url);
const isThere = existsSync(shared);
const read = (path: string): unknown => JSON.parse(readFileSync(new URL(path, shared), 'utf8'));

if (!isThere) test.skip('the documents lie beside the repository', () => undefined);

(isThere ? describe : describe.skip)('beside the documents', () => {
  const decisions = isThere ? (read('design/streams.json') as readonly Decided[]) : [];
  const operations = isThere ? (read('zoom-api/operations.json') as readonly Operation[]) : [];

  test.each([...streams])('$name is declared as it was decided', (stream) => {
    const decided = decisions.find(({ name }) => name === stream.name);
    const problems = decided === undefined ? ['not decided'] : problemsOfDecision(stream, decided);
    const corrected = Object.keys(corrections[stream.name] ?? {});
    const isCorrected = (problem: string) => corrected.some((word) => problem.startsWith(`${word}: `));
    expect(problems.filter((problem) => !isCorrected(problem))).toEqual([]);
    expect(problems.filter(isCorrected).length).toBe(corrected.length);
  });

  test.each([...listings])('$name is a listing that was decided', ({ name, records, rateLimit }) => {
    const decided = decisions.find((other) => other.name === name);
    expect([records, rateLimit ?? null]).toEqual([decided?.records, decided?.label]);
  });

  test('docs/streams.md says of each of its GET operations what becomes of it', () => {
    const document = readFileSync(new URL('../docs/streams.md', import.meta.url), 'utf8');
    const said = new Set(
      [...document.matchAll(/`(\/[^`]*)`/g)].map(([, path]) => withoutNames(String(path))),
    );
    const silent = operations.map(({ path }) => path).filter((path) => !said.has(withoutNames(path)));
    expect(silent).toEqual([]);
  });

  const fixtures = Object.entries(readFixtures()).flatMap(([name, fixture]) => {
    const operation = operations.find(({ path }) => `GET ${path}` === fixture.request);
    return operation === undefined ? [] : { name, fixture, operation };
  });
  test.each(fixtures)('the fixture $name says what Zoom documents', ({ fixture, operation }) => {
    expect(problemsOfFixture(fixture, operation)).toEqual([]);
  });
});
