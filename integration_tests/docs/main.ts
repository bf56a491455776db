import { readFileSync, writeFileSync } from 'node:fs';
import { documentPaths, writeDocument } from './documents.ts';

/* `npm run docs`: writes into documents what is declared elsewhere. */

for (const path of documentPaths) writeFileSync(path, writeDocument(path, readFileSync(path, 'utf8')));
