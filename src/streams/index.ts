import type { Listing, StreamDeclaration } from './declaration.ts';
import { meetingListings, meetings } from './meetings.ts';
import { phone } from './phone.ts';
import { recordings } from './recordings.ts';
import { reports } from './reports.ts';
import { users } from './users.ts';

/** Everything that can be read. */
export const streams: readonly StreamDeclaration[] = [
  ...users,
  ...meetings,
  ...reports,
  ...recordings,
  ...phone,
];

/** What is listed only to find the partitions of a stream. */
export const listings: readonly Listing[] = [...meetingListings];
