import { withDefaultScopes } from './default-scopes.ts';
import { writeFamilies, writeUsualScopes } from './readme.ts';
import { writeScopeLists } from './scope-lists.ts';
import { withSection } from './sections.ts';
import { writeMissing, writeStreams } from './stream-reference.ts';

/** What is written into documents: path from the root -> section -> its text. */
const sections: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  'README.md': { streams: writeFamilies, scopes: writeUsualScopes },
  'docs/streams.md': { streams: writeStreams, 'kinds of app': writeMissing },
  'docs/zoom-app.md': { scopes: writeScopeLists },
};

const spec = 'spec.json';

export const documentPaths: readonly string[] = [...Object.keys(sections), spec];

/** The document with what the declarations say now. */
export function writeDocument(path: string, document: string): string {
  if (path === spec) return withDefaultScopes(document);
  return Object.entries(sections[path] ?? {}).reduce(
    (text, [name, write]) => withSection(text, name, write()),
    document,
  );
}
