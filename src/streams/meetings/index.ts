import type { StreamDeclaration } from '../declaration.ts';
import { audio } from './audio.ts';
import { past } from './past.ts';
import { scheduled } from './scheduled.ts';
import { summaries } from './summaries.ts';

export { meetingListings } from './scheduled.ts';

export const meetings: readonly StreamDeclaration[] = [...scheduled, ...past, ...summaries, ...audio];
