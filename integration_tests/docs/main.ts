import { readFileSync, writeFileSync } from 'node:fs';
import { withScopeLists } from './scope-lists.ts';

/* `npm run docs`: writes into documents what is declared elsewhere. */

const path = 'docs/zoom-app.md';
writeFileSync(path, withScopeLists(readFileSync(path, 'utf8')));
